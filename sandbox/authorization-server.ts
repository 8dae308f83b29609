import { activateRoutes } from "./activate-routes.js";
import { createDeviceCodes, type DeviceCode, type DeviceCodes, type SignInUser } from "./device-codes.js";
import { createDpopVerifier, DPOP_ALGORITHMS, DpopProblem, type DpopVerifier } from "./dpop.js";
import {
  type ClientRegistry,
  createClientRegistry,
  type DeviceClient,
  type OAuthClient,
  type ServiceClient,
} from "./oauth-clients.js";
import { type OrgMood, oauthEndpoints } from "./oauth-endpoints.js";
import { createOAuthEvents, type OAuthEvent } from "./oauth-events.js";
import { isOpenIdScope } from "./oauth-scopes.js";
import { refusal } from "./okta-error.js";
import type { Caller, Route, SandboxReply, SandboxRequest } from "./route.js";
import type { Signer } from "./signer.js";
import { createTokens, type Grant, type Tokens } from "./tokens.js";

export interface AuthorizationServerOptions {
  /** The origin of the org, e.g. `http://127.0.0.1:8080`. It is the issuer of its tokens. */
  origin: () => string;
  orgName: string;
  /** Epoch milliseconds. */
  now: () => number;
  clients: readonly OAuthClient[];
  /** The person who signs in on the activation page; undefined when nobody can. */
  signInUser: () => SignInUser | undefined;
  /** False for a user whose tokens no longer count. Default: every user is active. */
  isActive?: (userId: string) => boolean;
  /** False for an app that was deactivated or deleted. Default: every app works. */
  clientWorks?: (clientId: string) => boolean;
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
  /** How long a rotated refresh token still works, in milliseconds. Default 0: a second use ends the sign-in. */
  rotationGraceMs?: number;
  /** Makes the signer of tokens. Default: a signer with a new key. */
  signer?: () => Promise<Signer>;
}

/** Controls of the authorization server for tests, faults and the demo. */
export interface AuthorizationControl {
  /** Codes that wait for a person, oldest first. */
  pendingUserCodes(): string[];
  /** Decides as the person on the page would. @throws RangeError when no such code is pending */
  approve(userCode: string): void;
  deny(userCode: string): void;
  /** Allows every device sign-in at once from now on, or no longer. */
  autoApprove(on: boolean): void;
  /** Grants only these of the Okta API scopes that clients ask for, also on refresh; undefined grants all again. */
  grantOnly(scopes: readonly string[] | undefined): void;
  /** Tells the next `count` polls to slow down. */
  slowDownNext(count: number): void;
  /** Refuses refresh tokens, or no longer. */
  refuseRefresh(on: boolean): void;
  /** Demands a proof of possession (RFC 9449) from every client, whatever its settings, or no longer. */
  demandDpop(on: boolean): void;
  /** Makes the API ask for a nonce in proofs, or no longer. Okta's does not; others may. */
  demandApiNonce(on: boolean): void;
  /** Refuses the present nonce from now on. */
  rotateDpopNonce(): void;
  /** Ends the time of all access tokens issued so far. Refresh tokens stay good. */
  expireAccessTokens(): void;
  /** Revokes all tokens issued so far. */
  revokeEverything(): void;
  addServiceClient(
    client: Partial<Omit<ServiceClient, "id" | "method">> & { clientId: string; jwks: ServiceClient["jwks"] },
  ): void;
  /**
   * A Bearer token of the device app without a sign-in. It is as if the person had allowed these scopes; in an org
   * where nobody can sign in it is for the app itself.
   */
  issueAccessToken(scopes: readonly string[], options?: { lifetimeSeconds?: number }): Promise<string>;
  /**
   * Takes over the sign-in of a person with the device app that an org of before granted.
   * @param boundTo thumbprint of the key that its tokens are bound to (RFC 7638); undefined for Bearer tokens
   */
  adoptSignIn(signIn: { refreshToken: string; scopes: readonly string[]; boundTo: string | undefined }): void;
}

export interface AuthorizationServer {
  routes: Route[];
  /** The caller of a request to the API, or the refusal that the request gets instead. */
  authenticate(request: ApiRequest): Promise<Caller | SandboxReply>;
  control: AuthorizationControl;
}

type ApiRequest = Pick<SandboxRequest, "method" | "url" | "headers">;

/** The org authorization server of a sandbox: its endpoints, its activation page, and the check of API requests. */
export function createAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const { origin, now, orgName, signInUser, isActive = () => true, clientWorks = () => true } = options;
  const clients = createClientRegistry(options.clients, now, clientWorks);
  const dpop = createDpopVerifier(now);
  const codes = createDeviceCodes({
    now,
    lifetimeSeconds: options.deviceCodeLifetimeSeconds ?? 600,
    intervalSeconds: options.deviceIntervalSeconds ?? 5,
  });
  const tokens = createTokens({
    origin,
    now,
    accessTokenLifetimeSeconds: options.accessTokenLifetimeSeconds ?? 3600,
    refreshTokenLifetimeSeconds: options.refreshTokenLifetimeSeconds ?? 90 * 24 * 3600,
    rotationGraceMs: options.rotationGraceMs ?? 0,
    signer: options.signer,
  });
  const mood: OrgMood = {
    autoApprove: options.autoApprove ?? false,
    grantOnly: undefined,
    refuseRefresh: false,
    demandDpop: false,
    demandApiNonce: false,
  };
  const events = createOAuthEvents(options.onEvent ?? (() => {}));

  function grantable(client: OAuthClient, scopes: readonly string[]): string[] {
    return scopes.filter(
      (scope) =>
        isOpenIdScope(scope) || ((client.scopes?.includes(scope) ?? true) && (mood.grantOnly?.has(scope) ?? true)),
    );
  }

  function decide(code: DeviceCode, decision: "allow" | "deny"): void {
    const user = signInUser();
    const allowed = decision === "allow" && user !== undefined;
    code.state = allowed ? { is: "approved", by: user, atMs: now() } : { is: "denied" };
    if (allowed) events.signedIn({ ...code, user });
  }

  async function authenticate(request: ApiRequest): Promise<Caller | SandboxReply> {
    const [, scheme = "", value = ""] = /^(\S+) +(\S+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
    const found = tokens.active(value);
    const jkt = found?.grant.boundTo;
    const { user, client } = found?.grant ?? {};
    const usable =
      found !== undefined &&
      scheme.toLowerCase() === (jkt === undefined ? "bearer" : "dpop") &&
      (user === undefined || isActive(user.id)) &&
      clientWorks(found.grant.client.id);
    if (!usable || client === undefined) {
      return unauthorized(401, jkt === undefined ? "Bearer" : "DPoP", "invalid_token", "The token is invalid");
    }
    if (jkt !== undefined) {
      try {
        await dpop.verify(request, { accessToken: value, boundTo: jkt, nonce: mood.demandApiNonce });
      } catch (error) {
        if (!(error instanceof DpopProblem)) throw error;
        // Okta answers 400 to a wrong proof; RFC 9449, section 9, asks for 401 where the nonce is missing.
        const wantsNonce = error.error === "use_dpop_nonce";
        return unauthorized(wantsNonce ? 401 : 400, "DPoP", error.error, error.message);
      }
    }
    return { clientId: client.id, subject: user?.id ?? client.id, scopes: new Set(found.scopes) };
  }

  function unauthorized(status: number, scheme: "Bearer" | "DPoP", error: string, why: string): SandboxReply {
    const algorithms = scheme === "DPoP" ? `algs="${DPOP_ALGORITHMS.join(" ")}", ` : "";
    const challenge = `${scheme} ${algorithms}realm="${origin()}", error="${error}", error_description="${why}"`;
    return refusal(status, "E0000011", "Invalid token provided", [], {
      "WWW-Authenticate": challenge,
      ...(error === "use_dpop_nonce" && { "DPoP-Nonce": dpop.nonce() }),
    }).reply;
  }

  function deviceGrant(scopes: readonly string[], boundTo: string | undefined): Grant {
    const client = options.clients.find((one): one is DeviceClient => one.method === "device");
    if (client === undefined) throw new RangeError("The org has no device app.");
    return { client, user: signInUser(), scopes, authTimeMs: now(), boundTo, revoked: false };
  }

  return {
    routes: [
      ...oauthEndpoints({ origin, now, clients, codes, tokens, dpop, mood, isActive, grantable, events, decide }),
      ...activateRoutes({ frame: { orgName }, codes, signInUser, grantable, decide }),
    ],
    authenticate,
    control: controlOf({ clients, dpop, codes, tokens, mood, decide, deviceGrant }),
  };
}

/** The parts of an authorization server that its control works on. */
interface ControlParts {
  clients: ClientRegistry;
  dpop: DpopVerifier;
  codes: DeviceCodes;
  tokens: Tokens;
  mood: OrgMood;
  decide(code: DeviceCode, decision: "allow" | "deny"): void;
  deviceGrant(scopes: readonly string[], boundTo: string | undefined): Grant;
}

function controlOf({ clients, dpop, codes, tokens, mood, decide, deviceGrant }: ControlParts): AuthorizationControl {
  function pendingCode(userCode: string): DeviceCode {
    const code = codes.find(userCode);
    if (code === undefined || !codes.pending().includes(code)) {
      throw new RangeError(`No sign-in with the code ${userCode} is pending.`);
    }
    return code;
  }

  return {
    pendingUserCodes: () => codes.pending().map((code) => code.userCode),
    approve: (userCode) => decide(pendingCode(userCode), "allow"),
    deny: (userCode) => decide(pendingCode(userCode), "deny"),
    autoApprove(on) {
      mood.autoApprove = on;
    },
    grantOnly(scopes) {
      mood.grantOnly = scopes && new Set(scopes);
    },
    slowDownNext: codes.slowDownNext,
    refuseRefresh(on) {
      mood.refuseRefresh = on;
    },
    demandDpop(on) {
      mood.demandDpop = on;
    },
    demandApiNonce(on) {
      mood.demandApiNonce = on;
    },
    rotateDpopNonce: dpop.rotateNonce,
    expireAccessTokens: tokens.expireAccessTokens,
    revokeEverything: tokens.revokeEverything,
    addServiceClient: ({ clientId, ...client }) =>
      clients.add({ label: clientId, ...client, id: clientId, method: "service" }),
    async issueAccessToken(scopes, { lifetimeSeconds } = {}) {
      return (await tokens.issue(deviceGrant(scopes, undefined), scopes, lifetimeSeconds)).access_token;
    },
    adoptSignIn: ({ refreshToken, scopes, boundTo }) => tokens.adopt(deviceGrant(scopes, boundTo), refreshToken),
  };
}
