import type { Directory } from "./directory.js";
import type { ClientRegistry } from "./oauth-clients.js";
import type { Grant } from "./token-types.js";

/** True for a grant whose tokens still count: the app works, and the person is active and has the app. */
export type GrantCheck = (grant: Grant) => boolean;

export function createGrantCheck(clients: ClientRegistry, directory: Directory): GrantCheck {
  return (grant) => {
    const { client, user } = grant;
    if (clients.find(client.id) === undefined) return false;
    if (user === undefined) return true;
    // Who comes back after a deactivation has to sign in again.
    if (directory.isGone(user.id)) grant.revoked = true;
    return directory.isActive(user.id) && (client.method !== "app" || directory.isAssigned(user.id, client.id));
  };
}
