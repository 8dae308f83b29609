import type { JWK } from "jose";
import type { SignInUser } from "../device-codes.js";
import type { Directory } from "../directory.js";
import type { Issuers } from "../issuers.js";
import type { ClientRegistry } from "../oauth-clients.js";
import type { OrgMood } from "../org-mood.js";
import type { JwtKind, TokenFault, TokenFaults } from "../token-faults.js";
import type { Grant, KnownToken, TokenReply } from "../token-types.js";
import type { BrowserSessions } from "./sessions.js";

/** The particulars of tokens that are issued without a sign-in. */
export interface DirectIssue {
  clientId: string;
  /** The person; undefined where the client acts for itself. */
  login?: string;
  scopes: readonly string[];
  lifetimeSeconds?: number;
  nonce?: string;
  /** Changes the claims of the access token. */
  claims?: (claims: Record<string, unknown>) => Record<string, unknown>;
}

/** Controls of sign-ins by code, of custom authorization servers, of sessions and keys. `serverId` undefined is the org. */
export interface SignInControl {
  /** Signs a person in without a page. @returns the value of `Cookie` that a browser then sends */
  signIn(login: string, amr?: readonly string[]): string;
  /** Signs this person in at once wherever a sign-in page would come, and consents; nobody any more for undefined. */
  autoSignIn(login: string | undefined): void;
  /** Ends the browser sessions of one person, or everybody's. */
  endSessions(login?: string): void;
  sessionCount(): number;
  /** Asks for a second factor at every sign-in from now on, or no longer. */
  demandMfa(on: boolean): void;
  /** Asks for a second factor at the next `count` sign-ins. */
  mfaNext(count: number): void;
  /** Refuses the next authorization request with this error. */
  nextAuthorizeError(error: string, description?: string): void;
  /** Tells somebody without the app so at the client, as Okta does, or on a page of the org. */
  tellUnassigned(where: OrgMood["tellsUnassigned"]): void;
  /** Lets a confidential client introspect the tokens of other clients, or no longer. */
  introspectOthers(on: boolean): void;
  setGroups: Directory["setGroups"];
  setEmailVerified: Directory["setEmailVerified"];
  /** Makes a person an administrator whom the API obeys, or one who may do nothing there. Everybody may at first. */
  setAdminRights(login: string, on: boolean): void;
  /** Every token that the org and its custom servers remember. */
  issued(): (KnownToken & { serverId: string | undefined })[];
  /** Issues tokens as if the person had signed in with this client. */
  issueFrom(serverId: string | undefined, how: DirectIssue): Promise<TokenReply>;
  /**
   * A JWT that the org signs, as it does to prove itself at an app's endpoint.
   * @param by a stranger signs with a key that was never published, under the id of the org's
   */
  signAsOrg(claims: Record<string, unknown>, typ?: string, by?: "org" | "stranger"): Promise<string>;
  /** Revokes the grants of a person, of a client, or of both together. */
  revokeTokens(of: { login?: string; clientId?: string }): void;
  /** See `TokenFaults`. */
  nextToken(kind: JwtKind, fault: TokenFault & { times?: number }): void;
  /** Puts the clock of all tokens ahead, or behind for a negative number. */
  skewTokens(seconds: number): void;
  clearTokenFaults(): void;
  /** See `KeyRing.rotate`. */
  rotateKeys(serverId?: string, options?: { publish?: boolean }): Promise<string>;
  dropOldKeys(serverId?: string): void;
  publishKey(jwk: JWK, serverId?: string): void;
}

export interface SignInControlParts {
  /** Epoch milliseconds. */
  now: () => number;
  clients: ClientRegistry;
  directory: Directory;
  issuers: Issuers;
  sessions: BrowserSessions;
  mood: OrgMood;
  faults: TokenFaults;
}

export function createSignInControl(parts: SignInControlParts): SignInControl {
  const { now, clients, directory, issuers, sessions, mood, faults } = parts;

  function known(login: string): SignInUser {
    const user = directory.find(login);
    if (user === undefined) throw new RangeError(`The org has nobody with the login ${login}.`);
    return user;
  }

  async function issueFrom(serverId: string | undefined, how: DirectIssue): Promise<TokenReply> {
    const { clientId, login, scopes, lifetimeSeconds, nonce, claims } = how;
    const client = clients.find(clientId);
    if (client === undefined) throw new RangeError(`The org has no client ${clientId}.`);
    const user = login === undefined ? undefined : known(login);
    const grant: Grant = { client, user, scopes, authTimeMs: now(), boundTo: undefined, revoked: false };
    if (claims !== undefined) faults.next("access_token", { claims });
    return issuers.get(serverId).tokens.issue(grant, scopes, { lifetimeSeconds, nonce });
  }

  return {
    signIn: (login, amr = ["pwd"]) => sessions.cookie(sessions.begin(known(login), amr)),
    autoSignIn(login) {
      mood.autoSignIn = login && known(login).login;
    },
    endSessions: (login) => sessions.endAll(login && known(login).id),
    sessionCount: sessions.count,
    demandMfa(on) {
      mood.demandMfa = on;
    },
    mfaNext(count) {
      mood.mfaNext = count;
    },
    nextAuthorizeError(error, description = "The resource owner or authorization server denied the request.") {
      mood.authorizeErrors.push({ error, description });
    },
    tellUnassigned(where) {
      mood.tellsUnassigned = where;
    },
    introspectOthers(on) {
      mood.introspectsOthers = on;
    },
    setGroups: directory.setGroups,
    setEmailVerified: directory.setEmailVerified,
    setAdminRights(login, on) {
      if (on) mood.withoutRights.delete(known(login).id);
      else mood.withoutRights.add(known(login).id);
    },
    issued: () =>
      issuers.all().flatMap(({ id: serverId, tokens }) => tokens.known().map((token) => ({ ...token, serverId }))),
    issueFrom,
    signAsOrg(claims, typ, by = "org") {
      const { keys } = issuers.org;
      return by === "org" ? keys.sign(claims, typ) : keys.signAsStranger(claims, typ);
    },
    revokeTokens({ login, clientId }) {
      const userId = login && known(login).id;
      const meant = ({ user, client }: Grant) =>
        (userId === undefined || user?.id === userId) && (clientId === undefined || client.id === clientId);
      for (const { tokens } of issuers.all()) tokens.revokeGrants(meant);
    },
    nextToken: faults.next,
    skewTokens(seconds) {
      faults.skewSeconds = seconds;
    },
    clearTokenFaults: faults.clear,
    rotateKeys: (serverId, { publish = true } = {}) => issuers.get(serverId).keys.rotate(publish),
    dropOldKeys: (serverId) => issuers.get(serverId).keys.dropOldKeys(),
    publishKey: (jwk, serverId) => issuers.get(serverId).keys.publishAlso(jwk),
  };
}
