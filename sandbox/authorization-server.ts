import { activateRoutes } from "./activate-routes.js";
import type { AppClient } from "./app-clients.js";
import { type AuthorizationControl, createAuthorizationControl } from "./authorization-control.js";
import { bearerCheck } from "./bearer.js";
import type { CustomServer } from "./custom-server.js";
import { createDeviceCodes, type DeviceCode, type SignInUser } from "./device-codes.js";
import type { Directory } from "./directory.js";
import { createDpopVerifier } from "./dpop.js";
import { createGrantCheck } from "./grants.js";
import { createIssuers, type IssuerOptions } from "./issuers.js";
import { createClientRegistry, type DeviceClient, type OAuthClient } from "./oauth-clients.js";
import { oauthEndpoints } from "./oauth-endpoints.js";
import { createOAuthEvents, type OAuthEvent } from "./oauth-events.js";
import { isOpenIdScope } from "./oauth-scopes.js";
import { refusal } from "./okta-error.js";
import type { OrgMood } from "./org-mood.js";
import type { Caller, Route, SandboxReply, SandboxRequest } from "./route.js";
import { createAuthorizationCodes } from "./sign-in/codes.js";
import { logoutRoutes } from "./sign-in/logout.js";
import { signInRoutes } from "./sign-in/routes.js";
import { createBrowserSessions } from "./sign-in/sessions.js";
import type { Signer } from "./signer.js";
import { createTokenFaults } from "./token-faults.js";
import type { Grant } from "./token-types.js";

export interface AuthorizationServerOptions {
  /** The origin of the org, e.g. `http://127.0.0.1:8080`. It is the issuer of its tokens. */
  origin: () => string;
  orgName: string;
  /** Epoch milliseconds. */
  now: () => number;
  clients: readonly OAuthClient[];
  /** The person who signs in on the activation page; undefined when nobody can. */
  signInUser: () => SignInUser | undefined;
  /** The people of the org, and who has which app. */
  directory: Directory;
  /** False for an app that was deactivated or deleted. */
  clientWorks: (clientId: string) => boolean;
  /** The client that an app of the org's own list is, if it works. */
  findApp: (clientId: string) => AppClient | undefined;
  /** See `Authorization.trustsOrigin`. */
  trustsOrigin: (origin: string) => boolean;
  /** The custom authorization servers beside the org's own. */
  customServers: readonly CustomServer[];
  onEvent?: (event: OAuthEvent) => void;
  /** True where every device sign-in is allowed at once, without a page. */
  autoApprove?: boolean;
  /** Seconds between two polls; 0 sets no limit. Default 5. */
  deviceIntervalSeconds?: number;
  /** Default 600, as in Okta. */
  deviceCodeLifetimeSeconds?: number;
  /** Default 3600, as in Okta. */
  accessTokenLifetimeSeconds?: number;
  /** Default 90 days, as in Okta's org authorization server. */
  refreshTokenLifetimeSeconds?: number;
  /**
   * How long a rotated refresh token of the device app still works, in milliseconds. Default 0: a second use ends the
   * sign-in.
   */
  rotationGraceMs?: number;
  /** Makes the first signer of the org's own tokens. Default: a signer with a new key. */
  signer?: () => Promise<Signer>;
}

export interface AuthorizationServer {
  routes: Route[];
  /** The caller of a request to the API, or the refusal that the request gets instead. */
  authenticate(request: ApiRequest): Promise<Caller | SandboxReply>;
  /** True for the origin of a site whose pages may ask for tokens by script. */
  trustsOrigin(origin: string): boolean;
  control: AuthorizationControl;
}

type ApiRequest = Pick<SandboxRequest, "method" | "url" | "headers">;

/** The authorization servers of a sandbox: their endpoints, their pages, and the check of API requests. */
export function createAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const { origin, now, orgName, signInUser, directory } = options;
  const clients = createClientRegistry(options.clients, now, options.clientWorks, options.findApp);
  const dpop = createDpopVerifier(now);
  const deviceCodes = createDeviceCodes({
    now,
    lifetimeSeconds: options.deviceCodeLifetimeSeconds ?? 600,
    intervalSeconds: options.deviceIntervalSeconds ?? 5,
  });
  const mood = startingMood(options.autoApprove ?? false);
  const faults = createTokenFaults();
  const issuers = createIssuers(issuerOptions(options, mood, faults));
  const codes = createAuthorizationCodes(now);
  const sessions = createBrowserSessions(now, directory.isActive);
  const events = createOAuthEvents(options.onEvent ?? (() => {}));
  const counts = createGrantCheck(clients, directory);
  const check = bearerCheck({ dpop, counts, realm: origin, demandsNonce: () => mood.demandApiNonce });
  const frame = { orgName };

  function decide(code: DeviceCode, decision: "allow" | "deny"): void {
    const user = signInUser();
    const allowed = decision === "allow" && user !== undefined;
    code.state = allowed ? { is: "approved", by: user, atMs: now() } : { is: "denied" };
    if (allowed) events.signedIn({ ...code, user });
  }

  async function authenticate(request: ApiRequest): Promise<Caller | SandboxReply> {
    const found = await check(request, issuers.org.tokens.active);
    if ("refused" in found) return refusal(found.status, "E0000011", "Invalid token provided", [], found.headers).reply;
    const { user, client } = found.grant;
    if (user !== undefined && mood.withoutRights.has(user.id)) {
      return refusal(403, "E0000006", "You do not have permission to perform the requested action").reply;
    }
    return { clientId: client.id, subject: user?.id ?? client.id, scopes: new Set(found.scopes) };
  }

  function deviceGrant(scopes: readonly string[], boundTo: string | undefined): Grant {
    const client = options.clients.find((one): one is DeviceClient => one.method === "device");
    if (client === undefined) throw new RangeError("The org has no device app.");
    return { client, user: signInUser(), scopes, authTimeMs: now(), boundTo, revoked: false };
  }

  const parts = { frame, origin, now, clients, directory, deviceCodes, codes, issuers, sessions, dpop, mood, faults };
  const { grantable } = issuers.org;
  return {
    routes: [
      ...oauthEndpoints({ ...parts, counts, checkBearer: check, events, decide }),
      ...activateRoutes({ frame, codes: deviceCodes, signInUser, grantable, decide }),
      ...signInRoutes({ ...parts, events }),
      ...logoutRoutes({ ...parts, events }),
    ],
    authenticate,
    trustsOrigin: options.trustsOrigin,
    control: createAuthorizationControl({ ...parts, decide, deviceGrant }),
  };
}

function startingMood(autoApprove: boolean): OrgMood {
  return {
    autoApprove,
    autoSignIn: undefined,
    grantOnly: undefined,
    refuseRefresh: false,
    demandDpop: false,
    demandApiNonce: false,
    demandMfa: false,
    mfaNext: 0,
    authorizeErrors: [],
    tellsUnassigned: "client",
    introspectsOthers: true,
    withoutRights: new Set(),
  };
}

function issuerOptions(
  options: AuthorizationServerOptions,
  mood: OrgMood,
  faults: IssuerOptions["faults"],
): IssuerOptions {
  const { origin, now, directory, customServers: custom, signer } = options;
  const allowed = (client: OAuthClient, scope: string) =>
    isOpenIdScope(scope) || ((client.scopes?.includes(scope) ?? true) && (mood.grantOnly?.has(scope) ?? true));
  return {
    origin,
    now,
    directory,
    faults,
    custom,
    signer,
    accessTokenLifetimeSeconds: options.accessTokenLifetimeSeconds ?? 3600,
    refreshTokenLifetimeSeconds: options.refreshTokenLifetimeSeconds ?? 90 * 24 * 3600,
    rotationGraceMs: options.rotationGraceMs ?? 0,
    grantable: (client, scopes) => scopes.filter((scope) => allowed(client, scope)),
  };
}
