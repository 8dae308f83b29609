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
    // Nobody has a service app. What it does in a person's name, it does by a token of an app that the person has.
    const needsApp = client.method === "app" && client.applicationType !== "service";
    return directory.isActive(user.id) && (!needsApp || directory.isAssigned(user.id, client.id));
  };
}
