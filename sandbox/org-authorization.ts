import { itemsAt } from "../src/json/json.js";
import { appClient } from "./app-clients.js";
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  createAuthorizationServer,
} from "./authorization-server.js";
import { CUSTOM_SERVERS } from "./custom-server.js";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "./facts.js";
import type { OAuthClient, ServiceClient } from "./oauth-clients.js";
import type { OAuthEvent } from "./oauth-events.js";
import type { Org } from "./org.js";
import { orgDirectory, signInUser } from "./org-directory.js";
import { type AppGrants, appGrantsArea } from "./state/app-grants.js";
import { appParty, clientParty, SYSTEM, userParty } from "./state/log-event.js";

type Tuning = Omit<
  AuthorizationServerOptions,
  | "origin"
  | "orgName"
  | "now"
  | "clients"
  | "signInUser"
  | "directory"
  | "clientWorks"
  | "findApp"
  | "trustsOrigin"
  | "onEvent"
  | "customServers"
>;

export interface OrgAuthorizationOptions extends Tuning {
  /** The login of the person who signs in on the activation page. Default: the org's admin. */
  login?: string;
  /** Further properties of the device app. By default it may have all scopes and needs no DPoP. */
  deviceClient?: Partial<Pick<OAuthClient, "label" | "scopes" | "dpopRequired">>;
  /** Keys, scopes and settings of the service app. Without it nobody can sign in as the service app. */
  serviceClient?: Pick<ServiceClient, "jwks" | "scopes" | "dpopRequired">;
  /** The custom authorization servers. Default: `CUSTOM_SERVERS`. Many orgs have none, not even `default`. */
  customServers?: AuthorizationServerOptions["customServers"];
}

/** The authorization servers with the users, apps and system log of `org`. `startSandbox` takes it as `authorization`. */
export function orgAuthorization(options: OrgAuthorizationOptions = {}): (org: Org) => AuthorizationServer {
  const { login = ADMIN_LOGIN, deviceClient, serviceClient, customServers = CUSTOM_SERVERS, ...tuning } = options;
  return (org) => {
    const label = (id: string, otherwise: string) => org.apps.get(id)?.label ?? otherwise;
    const clients: OAuthClient[] = [
      { id: DEVICE_CLIENT_ID, label: label(DEVICE_CLIENT_ID, "okta-mcp"), method: "device", ...deviceClient },
    ];
    if (serviceClient !== undefined) {
      const id = SERVICE_CLIENT_ID;
      clients.push({ id, label: label(id, "okta-mcp service"), method: "service", ...serviceClient });
    }
    const directory = orgDirectory(org, login);
    const noGrants: AppGrants = { scopes: [] };
    // A test's org may have clients without an app. An app that existed may have been deleted.
    const apps = new Set(clients.map((client) => client.id).filter((id) => org.apps.get(id) !== undefined));
    return createAuthorizationServer({
      ...tuning,
      origin: () => org.origin,
      orgName: org.name,
      now: org.now,
      clients,
      customServers,
      directory,
      findApp(clientId) {
        const app = org.apps.get(clientId);
        return app && appClient(app, org.area(appGrantsArea).get(clientId) ?? noGrants);
      },
      // Okta takes a script's request for a token from the site of any redirect URI of an app.
      trustsOrigin: (origin) =>
        org.apps
          .all()
          .flatMap((app) => (app.status === "ACTIVE" ? itemsAt(app, "settings", "oauthClient", "redirect_uris") : []))
          .some((uri) => URL.canParse(String(uri)) && new URL(String(uri)).origin === origin && origin !== "null"),
      clientWorks: (clientId) => !apps.has(clientId) || org.apps.get(clientId)?.status === "ACTIVE",
      signInUser() {
        const user = org.users.find(login);
        return user !== undefined && directory.isActive(user.id) ? signInUser(user) : undefined;
      },
      onEvent: (event) => logEvent(org, event),
    });
  };
}

function logEvent(org: Org, { client, user, scopes, ...event }: OAuthEvent): void {
  const known = user && org.users.get(user.id);
  const app = org.apps.get(client.id);
  const asClient = clientParty(client.id, client.label);
  org.log(
    {
      ...event,
      target: [app === undefined ? asClient : appParty(app)],
      debugData: { requestedScopes: scopes.join(",") },
    },
    { actor: known === undefined ? asClient : userParty(known), client: { ...SYSTEM.client, id: client.id } },
  );
}
