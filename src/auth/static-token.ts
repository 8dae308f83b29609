import { OktaMcpError } from "../errors/index.js";
import { cancelled } from "../net/waiting.js";
import type { AccessToken } from "../okta/token.js";
import { fitsHeader, OrgToken } from "./access-token.js";
import { Listeners } from "./listeners.js";
import type { PendingSignIn, Session, SessionStatus } from "./session.js";
import type { SessionParts } from "./session-parts.js";

const NEW_TOKEN = "Get a new access token, set OKTA_ACCESS_TOKEN to it and start again.";

/** A session with a token that was given (`OKTA_ACCESS_TOKEN`): used as it is, never renewed. */
export class StaticSession implements Session {
  readonly method = "access-token";
  readonly configured: ReadonlySet<string>;
  readonly #orgUrl: string;
  readonly #clientId: string | undefined;
  readonly #token: OrgToken;
  readonly #granted: ReadonlySet<string> | undefined;
  readonly #user: string | undefined;
  readonly #subject: string | undefined;
  readonly #listeners = new Listeners();
  #ended = false;

  /** @throws OktaMcpError bad_config when the token cannot be one for this org */
  constructor({ orgUrl, clientId, configured, log }: SessionParts, value: string) {
    if (!fitsHeader(value)) {
      throw unusable(
        "is empty or holds white space or other characters that no token has",
        "Copy the token again, and nothing but the token.",
      );
    }
    const claims = readClaims(value);
    refuseMisplaced(claims, orgUrl);
    const scopes = scopesOf(claims);
    this.configured = configured;
    this.#orgUrl = orgUrl;
    // What the token says of its app counts before a setting that may be left over from another one.
    const issuedTo = typeof claims?.cid === "string" && claims.cid !== "" ? claims.cid.slice(0, 256) : undefined;
    this.#clientId = issuedTo ?? (clientId || undefined);
    if (this.#clientId === undefined && configured.has("okta.apps.manage")) {
      log.warn(
        "OKTA_ACCESS_TOKEN does not tell which app it was issued to, and OKTA_CLIENT_ID is not set: no app that signs in with OAuth can be changed, since it may be that one.",
      );
    }
    this.#granted = scopes && new Set(scopes);
    this.#user = typeof claims?.sub === "string" ? claims.sub.slice(0, 256) : undefined;
    // Okta's access tokens name the user's login as `sub`, and the id as `uid`.
    this.#subject = typeof claims?.uid === "string" ? claims.uid.slice(0, 256) : undefined;
    this.#token = new OrgToken(orgUrl, {
      value,
      scopes,
      expiresAtMs: typeof claims?.exp === "number" ? claims.exp * 1000 : undefined,
      proofKey: undefined,
    });
  }

  async token(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted) throw cancelled("The call");
    // Whether it has expired is for Okta to say, whose clock counts.
    if (this.#ended) throw new OktaMcpError("session_ended", this.#endMessage(), { fix: NEW_TOKEN });
    return this.#token;
  }

  /** There is no other token to take, so that this one is given up only where Okta says that it is the reason. */
  reject(token: AccessToken, certain = true): void {
    if (token !== this.#token || this.#ended || !certain) return;
    this.#ended = true;
    this.#listeners.notify();
  }

  granted(): ReadonlySet<string> | undefined {
    return this.#granted;
  }

  async restore(): Promise<void> {}

  async startSignIn(): Promise<PendingSignIn> {
    throw new OktaMcpError("bad_config", "With OKTA_ACCESS_TOKEN set there is nothing to sign in to.", {
      fix: "To sign in as a person, take OKTA_ACCESS_TOKEN out of the settings.",
    });
  }

  /** The token was somebody else's to give: it is neither revoked nor kept here. */
  async signOut(): Promise<{ revoked: boolean }> {
    return { revoked: false };
  }

  async status(): Promise<SessionStatus> {
    return {
      org: this.#orgUrl,
      clientId: this.#clientId,
      method: this.method,
      signedIn: !this.#ended,
      user: this.#user,
      subject: this.#subject,
      configuredScopes: [...this.configured],
      grantedScopes: this.#granted && [...this.#granted],
      expiresAtMs: this.#token.expiresAtMs,
      tokenKept: "nowhere: given in OKTA_ACCESS_TOKEN",
      outlives: false,
      renewable: false,
    };
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  close(): void {
    this.#listeners.clear();
  }

  #endMessage(): string {
    const { expiresAtMs } = this.#token;
    const until =
      expiresAtMs === undefined ? "" : ` By its own account it is good until ${new Date(expiresAtMs).toISOString()}.`;
    return `Okta does not accept the token in OKTA_ACCESS_TOKEN any more.${until}`;
  }
}

type Claims = Record<string, unknown>;

/** The claims of a JWT, unverified; undefined for any other token. Okta alone decides what it is worth. */
function readClaims(token: string): Claims | undefined {
  const [, payload, , ...more] = token.split(".");
  if (payload === undefined || more.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null && !Array.isArray(claims) ? (claims as Claims) : undefined;
  } catch {
    return undefined;
  }
}

/** Okta's `scp`, or the `scope` of RFC 9068, section 2.2.3. */
function scopesOf(claims: Claims | undefined): string[] | undefined {
  const { scp, scope } = claims ?? {};
  if (Array.isArray(scp)) return scp.filter((name) => typeof name === "string");
  const text = typeof scp === "string" ? scp : scope;
  return typeof text === "string" ? text.split(/\s+/).filter((name) => name !== "") : undefined;
}

function refuseMisplaced(claims: Claims | undefined, orgUrl: string): void {
  const { iss, cnf } = claims ?? {};
  if (typeof iss === "string" && URL.canParse(iss) && new URL(iss).origin !== orgUrl) {
    throw unusable(
      `was issued by ${new URL(iss).origin}, not by ${orgUrl}, and is not sent to another org`,
      "Set OKTA_ORG_URL to the org that issued the token, or get a token of this org.",
    );
  }
  if (typeof cnf === "object" && cnf !== null && "jkt" in cnf) {
    throw unusable(
      "is bound to a key (DPoP, RFC 9449) that is not here",
      "Use the private-key method (OKTA_PRIVATE_KEY), which brings a key of its own, or get a Bearer token.",
    );
  }
}

function unusable(why: string, fix: string): OktaMcpError {
  return new OktaMcpError("bad_config", `OKTA_ACCESS_TOKEN ${why}.`, { fix });
}
