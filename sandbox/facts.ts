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

/** The id of the custom authorization server for the practice API. */
export const HR_SERVER_ID = "ausSandboxHr000000001";

/** The audience of the practice API: what its access tokens are for, whatever address it has. */
export const HR_AUDIENCE = "https://hr.acme-robotics.example";

/** The apps of the practice API: of a company's server, of a server on stdio, and of a service. */
export const HR_WEB_CLIENT_ID = "0oaSandboxHrWeb000001";
export const HR_NATIVE_CLIENT_ID = "0oaSandboxHrNative001";
export const HR_SERVICE_CLIENT_ID = "0oaSandboxHrService01";

/** The person who signs in on the activation page. */
export const ADMIN_LOGIN = "ada.admin@acme-robotics.example";

/** The domain of the pretend company's logins and mail addresses; reserved by RFC 2606. */
export const COMPANY_DOMAIN = "acme-robotics.example";
