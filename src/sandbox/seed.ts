import { ADMIN_LOGIN, DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "./facts.js";
import type { Org } from "./org.js";

/** Puts the company into an empty org. The same seed and time make the same company. */
export function seedCompany(org: Org): void {
  org.groups.add({ type: "BUILT_IN", profile: { name: "Everyone", description: "All users in your organization" } });
  org.users.add({ profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" } });
  org.apps.add({ id: DEVICE_CLIENT_ID, label: "okta-mcp", name: "oidc_client", signOnMode: "OPENID_CONNECT" });
  org.apps.add({ id: SERVICE_CLIENT_ID, label: "okta-mcp service", name: "oidc_client", signOnMode: "OPENID_CONNECT" });
}
