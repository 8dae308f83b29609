import type { DeviceCode, DeviceCodes } from "./device-codes.js";
import type { DpopVerifier } from "./dpop.js";
import type { ServiceClient } from "./oauth-clients.js";
import { createSignInControl, type SignInControl, type SignInControlParts } from "./sign-in/control.js";
import type { Grant } from "./token-types.js";

/** Controls of the authorization servers for tests, faults and the demo. */
export interface AuthorizationControl extends SignInControl {
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

/** The parts of the authorization servers that their control works on. */
interface ControlParts extends SignInControlParts {
  dpop: DpopVerifier;
  deviceCodes: DeviceCodes;
  decide(code: DeviceCode, decision: "allow" | "deny"): void;
  deviceGrant(scopes: readonly string[], boundTo: string | undefined): Grant;
}

export function createAuthorizationControl(parts: ControlParts): AuthorizationControl {
  const { clients, dpop, deviceCodes: codes, issuers, mood, decide, deviceGrant } = parts;
  const { tokens } = issuers.org;

  function pendingCode(userCode: string): DeviceCode {
    const code = codes.find(userCode);
    if (code === undefined || !codes.pending().includes(code)) {
      throw new RangeError(`No sign-in with the code ${userCode} is pending.`);
    }
    return code;
  }

  return {
    ...createSignInControl(parts),
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
    expireAccessTokens() {
      for (const issuer of issuers.all()) issuer.tokens.expireAccessTokens();
    },
    revokeEverything() {
      for (const issuer of issuers.all()) issuer.tokens.revokeGrants();
    },
    addServiceClient: ({ clientId, ...client }) =>
      clients.add({ label: clientId, ...client, id: clientId, method: "service" }),
    async issueAccessToken(scopes, { lifetimeSeconds } = {}) {
      return (await tokens.issue(deviceGrant(scopes, undefined), scopes, { lifetimeSeconds })).access_token;
    },
    adoptSignIn: ({ refreshToken, scopes, boundTo }) => tokens.adopt(deviceGrant(scopes, boundTo), refreshToken),
  };
}
