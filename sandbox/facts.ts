/** Names and ids that the sandbox, its tests and the printed settings share. */
export const ORG_NAME = "Acme Robotics (sandbox)";

/** The native OIDC app of the device grant. */
export const DEVICE_CLIENT_ID = "0oaSandboxDevice00001";

/** The service app of the private-key method. */
export const SERVICE_CLIENT_ID = "0oaSandboxService0001";

/** The person who signs in on the activation page. */
export const ADMIN_LOGIN = "ada.admin@acme-robotics.example";

/** The domain of the pretend company's logins and mail addresses; reserved by RFC 2606. */
export const COMPANY_DOMAIN = "acme-robotics.example";
