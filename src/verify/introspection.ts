import { createHash } from "node:crypto";
import * as oauth from "oauth4webapi";
import { CannotTell } from "../auth/cannot-tell.js";
import { type AppCredentials, clientAuthentication } from "../auth/client-authentication.js";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { oauthFetch } from "../auth/oauth-http.js";
import type { AddressLimits } from "../issuer/address-limits.js";
import type { Log } from "../log.js";
import type { SendHttp } from "../net/http-client.js";
import type { ServerClock } from "../net/server-clock.js";
import { keepNewest } from "./keep-newest.js";
import type { IssuerEndpoints } from "./okta-issuer.js";

/** The claims of a token that is active; undefined for every other token. */
export type Introspected = Readonly<Record<string, unknown>> | undefined;

export interface IntrospectionOptions {
  endpoints: IssuerEndpoints;
  /** The client that asks. */
  app: AppCredentials;
  fetch: SendHttp;
  /** The issuer's clock. */
  clock: ServerClock;
  /** The time for which a yes is used again, in milliseconds; 0 for never. */
  cacheMs: number;
  /**
   * The tokens from one address that nobody here has seen yet. Each costs a request to the org, whose limit all callers
   * share.
   */
  limits: AddressLimits;
  log: Log;
}

const TIME_LIMIT_MS = 5_000;
/** The wait that a caller is told of where Okta names none, and the longest. */
const RETRY_SECONDS = 2;
const MAX_RETRY_SECONDS = 60;
const MAX_KEPT = 10_000;

/**
 * Asks an authorization server what tokens are worth (RFC 7662). All who bring the same token at once share one request.
 * A no is never kept, and a yes only where the settings say so.
 */
export class Introspection {
  readonly #options: IntrospectionOptions;
  readonly #server: oauth.AuthorizationServer & { introspection_endpoint: string };
  /** By the hashes of tokens, so that no token stays in memory. */
  readonly #asking = new Map<string, Promise<Introspected>>();
  readonly #cached = new Map<string, { claims: Introspected; endsAtMs: number }>();
  /** The hashes of tokens that were active at the last look. Their holders are no strangers. */
  readonly #seen = new Map<string, true>();
  /** Until then the server asked not to be asked, by this machine's clock in epoch milliseconds. */
  #pausedUntilMs = 0;

  constructor(options: IntrospectionOptions) {
    this.#options = options;
    const { issuer, introspection } = options.endpoints;
    this.#server = { issuer, introspection_endpoint: introspection.href };
  }

  /**
   * @param address the address from which the token came
   * @throws CannotTell where the server does not answer, or is not asked since too many unknown tokens came from there
   */
  async claimsOf(token: string, address: string): Promise<Introspected> {
    const key = createHash("sha256").update(token).digest("base64url");
    const nowMs = this.#options.clock.localNow();
    const cached = this.#cached.get(key);
    if (cached !== undefined && cached.endsAtMs > nowMs) return cached.claims;
    this.#cached.delete(key);
    let asking = this.#asking.get(key);
    if (asking === undefined) {
      const seconds = this.#seen.has(key) ? undefined : this.#options.limits.take(address);
      if (seconds !== undefined) throw new CannotTell("Too many unknown tokens came from your address.", seconds);
      asking = this.#ask(key, token).finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    return asking;
  }

  async #ask(key: string, token: string): Promise<Introspected> {
    const { clock, cacheMs } = this.#options;
    const askedAtMs = clock.localNow();
    if (askedAtMs < this.#pausedUntilMs) throw busy(Math.ceil((this.#pausedUntilMs - askedAtMs) / 1000));
    const { active, ...claims } = await this.#request(token);
    if (active !== true) {
      this.#seen.delete(key);
      return undefined;
    }
    keepNewest(this.#seen, key, true, MAX_KEPT);
    if (cacheMs > 0) this.#keep(key, claims, askedAtMs + cacheMs);
    return claims;
  }

  async #request(token: string): Promise<Record<string, unknown>> {
    const { endpoints, app, fetch, clock, log } = this.#options;
    const { origin, protocol } = endpoints.introspection;
    const send = oauthFetch({ orgUrl: origin, fetch, clock, timeoutMs: TIME_LIMIT_MS }, undefined, () => {});
    const client = { client_id: app.clientId };
    try {
      const authentication = await clientAuthentication({ ...app, clock }, this.#server.introspection_endpoint);
      const response = await oauth.introspectionRequest(this.#server, client, authentication, token, {
        [oauth.customFetch]: send as never,
        [oauth.allowInsecureRequests]: protocol === "http:",
        additionalParameters: { token_type_hint: "access_token" },
      });
      return { ...(await oauth.processIntrospectionResponse(this.#server, client, response)) };
    } catch (error) {
      log.warn("A token cannot be introspected.", { error, ...refusedWith(error) });
      throw this.#cannotTell(error);
    }
  }

  #cannotTell(error: unknown): CannotTell {
    if (!(error instanceof OAuthFailure) || error.retryAfterMs === undefined) return busy(RETRY_SECONDS, error);
    const seconds = Math.min(Math.max(Math.ceil(error.retryAfterMs / 1000), 1), MAX_RETRY_SECONDS);
    this.#pausedUntilMs = this.#options.clock.localNow() + seconds * 1000;
    return busy(seconds, error);
  }

  #keep(key: string, claims: Introspected, untilMs: number): void {
    const { clock } = this.#options;
    const exp = typeof claims?.exp === "number" ? clock.toLocalMs(claims.exp * 1000) : 0;
    keepNewest(this.#cached, key, { claims, endsAtMs: Math.min(untilMs, exp) }, MAX_KEPT);
  }
}

/** What the server refused with, for the operator: the request is ours, and its sender has done nothing wrong. */
function refusedWith(error: unknown): { fault?: string; fix?: string } {
  const fault = error instanceof oauth.ResponseBodyError ? error.error : undefined;
  if (fault !== "invalid_client" && fault !== "unauthorized_client") return fault === undefined ? {} : { fault };
  return {
    fault,
    fix: "Compare tokens.client_id and its secret or key with the app in Okta; `okta-mcp serve check` says which is wrong.",
  };
}

function busy(retryAfterSeconds: number, cause?: unknown): CannotTell {
  return new CannotTell("The authorization server does not answer at the moment.", retryAfterSeconds, cause);
}
