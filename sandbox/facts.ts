/** Names and ids that the sandbox, its tests and the printed settings share. */
export const ORG_NAME = "Acme Robotics (sandbox)";

/** The native OIDC app of the device grant. */
export const DEVICE_CLIENT_ID = "0oaSandboxDevice00001";

/** The service app of the private-key method. */
export const SERVICE_CLIENT_ID = "0oaSandboxService0001";

/** The web app of a server that signs people in by code. An org has it where `addOAuthApp` added it. */
export const WEB_CLIENT_ID = "0oaSandboxWebApp00001";

/** The id of the custom authorization server that stands beside `default`. */
export const MCP_SERVER_ID = "ausSandboxMcp00000001";

/** The person who signs in on the activation page. */
export const ADMIN_LOGIN = "ada.admin@acme-robotics.example";

/** The domain of the pretend company's logins and mail addresses; reserved by RFC 2606. */
export const COMPANY_DOMAIN = "acme-robotics.example";
