import type { ApiTokenSource } from "../apis/api-auth.js";
import type { ApiAuthorization, ApiIdentity } from "../apis/api-identity.js";
import { type ApiIssuer, WrongToken } from "../apis/api-issuer.js";
import type { ApiTokenPerson } from "../apis/api-token.js";
import { OrgToken } from "../auth/access-token.js";
import { type ProofJwk, ProofKey } from "../auth/proof-key.js";
import { OktaMcpError } from "../errors/index.js";
import type { Json } from "../json/json.js";
import type { Log } from "../log.js";
import type { ServerClock } from "../net/server-clock.js";
import type { ExchangedTokenKey, ExchangedTokens } from "../store/exchanged-tokens.js";

export interface ExchangeIdentityOptions {
  /** The API's name in the settings. */
  api: string;
  /** The origin to which tokens go. */
  origin: string;
  source: ApiTokenSource;
  issuer: ApiIssuer;
  tokens: ExchangedTokens;
  person: ApiTokenPerson & { id: string };
  /** The names of the person's roles. */
  roles: readonly string[];
  /** The token with which the present request of the person came; undefined where it came without one of Okta's. */
  callerToken(): string | undefined;
  /** The clock of the authorization server. */
  clock: ServerClock;
  log: Pick<Log, "warn">;
}

type Claims = Readonly<Record<string, Json>>;

/** A token that was checked, with what it says. */
interface Held {
  token: OrgToken;
  /** As the store has it. */
  text: string;
  claims: Claims;
}

/** A token is not used any more in this time before its end, since a call takes time. */
const MARGIN_MS = 30_000;

/**
 * The identity of a person at an API by a token in exchange for theirs (RFC 8693). Theirs is for this server alone and
 * never goes to the API. Tokens are shared by all who share the store, by person and scopes.
 */
export function exchangeIdentity(options: ExchangeIdentityOptions): ApiIdentity {
  const given = new WeakMap<ApiAuthorization, { held: Held; scopes: readonly string[] }>();
  const forgotten = new Set<Promise<void>>();
  const exchanging = new Map<string, Promise<Held>>();
  // The key of a token learns the nonces of the API.
  const known = new Map<string, Held>();

  /** Those who want the same at once share one exchange. */
  const held = async (wanted: readonly string[]): Promise<Held> => {
    // Whoever begins anew may not find what was just refused.
    await Promise.all(forgotten);
    const scopes = wanted.length > 0 ? wanted : options.source.scopes;
    const key = [...scopes].sort().join(" ");
    const running = exchanging.get(key) ?? find(options, scopes, known.get(key)).finally(() => exchanging.delete(key));
    exchanging.set(key, running);
    const found = await running;
    known.set(key, found);
    return found;
  };

  return {
    async authorize({ scopes, method, url }) {
      const found = await held(scopes);
      const authorization = { headers: await found.token.headers(method, url), query: {} };
      given.set(authorization, { held: found, scopes: scopes.length > 0 ? scopes : options.source.scopes });
      return authorization;
    },
    refused(authorization, headers) {
      const sent = given.get(authorization);
      if (sent === undefined || sent.held.token.challenged({ headers })) return;
      const forgetting = options.tokens
        .forget(keyOf(options, sent.scopes), sent.held.text)
        .catch((error: unknown) => options.log.warn("a refused token was not forgotten", { api: options.api, error }))
        .finally(() => forgotten.delete(forgetting));
      forgotten.add(forgetting);
    },
    async claims() {
      return (await held([])).claims;
    },
  };
}

function keyOf({ api, person, roles }: ExchangeIdentityOptions, scopes: readonly string[]): ExchangedTokenKey {
  return { person: person.id, api, scopes, roles };
}

/** @throws OktaMcpError where no token can be had, or the one that came must not be sent */
async function find(
  options: ExchangeIdentityOptions,
  scopes: readonly string[],
  before: Held | undefined,
): Promise<Held> {
  const { issuer, tokens, source, clock } = options;
  const key = keyOf(options, scopes);
  try {
    const kept = await tokens.find(key);
    if (kept !== undefined && kept === before?.text) return before;
    if (kept !== undefined) {
      const found = await stillFits(options, scopes, kept);
      if (found !== undefined) return found;
    }
    const subjectToken = options.callerToken();
    if (subjectToken === undefined) throw noToken(options.api);
    const client = await issuer.client();
    const { audience } = source;
    const grant = await client.exchangeToken({ subjectToken, audience, scopes });
    const whole: Kept = { value: grant.accessToken, proofKey: grant.proofKey?.toJwk() };
    const fresh = JSON.stringify(whole);
    const made = await checked(options, scopes, fresh);
    const endsAtMs = clock.toLocalMs(Number(made.claims.exp) * 1000) - MARGIN_MS;
    if (endsAtMs > clock.localNow()) await tokens.put(key, fresh, endsAtMs);
    return made;
  } catch (error) {
    throw issuer.explained(error, { method: "grant", scopes: [...scopes], what: "The exchange of the token" });
  }
}

/** A token that was kept, checked anew; undefined, and forgotten, where the settings are others than when it was kept. */
async function stillFits(
  options: ExchangeIdentityOptions,
  scopes: readonly string[],
  kept: string,
): Promise<Held | undefined> {
  try {
    return await checked(options, scopes, kept);
  } catch (error) {
    if (!(error instanceof WrongToken)) throw error;
    await options.tokens.forget(keyOf(options, scopes), kept);
    return undefined;
  }
}

/** What is kept of a token, encrypted. */
interface Kept {
  value: string;
  proofKey?: ProofJwk | undefined;
}

async function checked(
  { issuer, person, origin, clock }: ExchangeIdentityOptions,
  scopes: readonly string[],
  text: string,
): Promise<Held> {
  const { value, proofKey: jwk } = JSON.parse(text) as Kept;
  const claims = await issuer.check(value, { scopes, person });
  const proofKey = jwk && (await ProofKey.fromJwk(jwk, clock));
  const expiresAtMs = Number(claims.exp) * 1000;
  return { token: new OrgToken(origin, { value, scopes, expiresAtMs, proofKey }), text, claims };
}

function noToken(api: string): OktaMcpError {
  return new OktaMcpError(
    "needs_user",
    `The API ${api} is called for a person, and no token of one came. Nothing was sent.`,
  );
}
