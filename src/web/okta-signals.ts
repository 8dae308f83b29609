import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { CannotTell } from "../auth/cannot-tell.js";
import type { AddressLimits } from "../issuer/address-limits.js";
import type { Log } from "../log.js";
import type { Store } from "../store/open-store.js";
import { type CheckHints, usersIn } from "../upstream/check-hints.js";
import type { Departures } from "../upstream/departures.js";
import { namedPerson, subjectIn } from "../upstream/named-person.js";
import type { RevocationTokens } from "../verify/revocation-tokens.js";
import { EVENTS_PATH, REVOCATION_PATH } from "./okta-paths.js";
import type { RefusalRecord } from "./refusal-record.js";
import type { RunningRequests } from "./running-requests.js";
import type { PageRoutes } from "./web-server.js";

export interface OktaSignalsOptions {
  /** The issuers by which people are known. */
  issuers: readonly string[];
  store: Store;
  departures: Pick<Departures, "end">;
  hints: CheckHints;
  /** Undefined where Okta may not end access by itself. */
  revocationTokens: RevocationTokens | undefined;
  /** The secrets of the event hook as of now; none where there is no event hook. */
  hookSecrets(): readonly string[];
  /** What one address may send before anything is verified, and what it may send in vain. */
  limits: { revocations: AddressLimits; wrongSecrets: AddressLimits };
  addressOf(request: IncomingMessage): string;
  requestIds: Pick<RunningRequests, "idOf">;
  refusals: RefusalRecord;
  log: Log;
}

const MAX_REVOCATION_BYTES = 8_192;
/** Okta puts events of one moment into one request; each has two to four thousand bytes. */
export const MAX_EVENTS_BYTES = 2_097_152;
const MAX_CHALLENGE_CHARS = 512;

type SignalContext = Context<{ Bindings: HttpBindings }>;

/** Takes what Okta tells by itself: that a person's access is to end, and that something about a person has changed. */
export class OktaSignals {
  readonly #options: OktaSignalsOptions;

  constructor(options: OktaSignalsOptions) {
    this.#options = options;
  }

  routes(): PageRoutes {
    const { revocationTokens, hookSecrets } = this.#options;
    const app: PageRoutes = new Hono();
    // The rest of the body is not waited for.
    const onError = () => new Response(null, { status: 413, headers: { connection: "close" } });
    if (revocationTokens !== undefined) {
      const limit = bodyLimit({ maxSize: MAX_REVOCATION_BYTES, onError });
      app.post(REVOCATION_PATH, limit, (context) => this.#revoke(context, revocationTokens));
    }
    if (hookSecrets().length > 0) {
      app.get(EVENTS_PATH, (context) => this.#verify(context));
      // A body of this size is kept for nobody who lacks the secret.
      app.post(EVENTS_PATH, async (context, next) => this.#refusedEvents(context) ?? next());
      app.post(EVENTS_PATH, bodyLimit({ maxSize: MAX_EVENTS_BYTES, onError }), (context) => this.#takeEvents(context));
    }
    return app;
  }

  /** Universal Logout: ends everything of the person whom a signed request of the org names. */
  async #revoke(context: SignalContext, tokens: RevocationTokens): Promise<Response> {
    const { limits, addressOf, log } = this.#options;
    const seconds = limits.revocations.take(addressOf(context.env.incoming));
    if (seconds !== undefined) return new Response(null, { status: 429, headers: { "retry-after": String(seconds) } });
    const [, token] = /^bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "") ?? [];
    if (token === undefined) return new Response(null, { status: 401, headers: { "www-authenticate": "Bearer" } });
    const verified = await tokens.verify(token).catch((error: unknown) => {
      if (error instanceof CannotTell) return error;
      throw error;
    });
    if (verified instanceof CannotTell) {
      const { message, retryAfterSeconds } = verified;
      log.warn("a request to end somebody's access cannot be verified", { why: message });
      return new Response(null, { status: 503, headers: { "retry-after": String(retryAfterSeconds) } });
    }
    if ("refused" in verified) return this.#refuse(context, "revocation_token", verified.refused);
    const answer = await this.#endSubject(context);
    await verified.useUp();
    return answer;
  }

  /** Ends everything of the person whom the body names. Whoever does it twice does no harm. */
  async #endSubject(context: SignalContext): Promise<Response> {
    const { store, issuers, departures, hints, log } = this.#options;
    const subject = subjectIn(await context.req.json().catch(() => undefined));
    if (subject === undefined) return new Response(null, { status: 400 });
    const { format } = subject;
    const people = await namedPerson(store.people, issuers, subject);
    if (typeof people === "string") {
      const detail = { why: `${people}_subject`, format };
      log.warn("Okta ends the access of somebody who is not told by it", detail);
      const of = { ...this.#origin(context), actor: "okta", action: "global_token_revocation" };
      if (people === "ambiguous") await store.audit.add({ ...of, outcome: "refused", detail });
      return new Response(null, { status: people === "unknown" ? 404 : 422 });
    }
    const how = { by: "okta", ...this.#origin(context), detail: { format } };
    for (const { id } of people) await departures.end(id, { cause: "global_token_revocation", ...how });
    // Okta may have done it since the person has left.
    await hints.add(people.map(({ subject: id }) => id));
    return new Response(null, { status: 204 });
  }

  /** The one-time verification of an event hook: Okta gets back what it has sent. */
  #verify(context: SignalContext): Response {
    const challenge = context.req.header("x-okta-verification-challenge");
    if (challenge === undefined || challenge.length > MAX_CHALLENGE_CHARS) return new Response(null, { status: 400 });
    return context.json({ verification: challenge });
  }

  /** The answer to whoever lacks the secret of the event hook. */
  #refusedEvents(context: SignalContext): Response | undefined {
    const { hookSecrets, limits, addressOf } = this.#options;
    const given = context.req.header("authorization") ?? "";
    // Each is compared, so that the time tells nothing.
    const fits = hookSecrets().map((secret) => isSame(given, secret));
    if (fits.includes(true)) return undefined;
    const seconds = limits.wrongSecrets.take(addressOf(context.env.incoming));
    if (seconds !== undefined) return new Response(null, { status: 429, headers: { "retry-after": String(seconds) } });
    return this.#refuse(context, "event_hook_secret", "the secret is wrong");
  }

  async #takeEvents(context: SignalContext): Promise<Response> {
    const users = usersIn(await context.req.json().catch(() => undefined));
    if (users === undefined) return new Response(null, { status: 400 });
    await this.#options.hints.add(users);
    return new Response(null, { status: 204 });
  }

  #refuse(context: SignalContext, why: "revocation_token" | "event_hook_secret", reason: string): Response {
    const { log, refusals } = this.#options;
    const { ip, requestId } = this.#origin(context);
    log.info("a message that claims to be Okta's was refused", { why, reason });
    refusals.note({ why, ip, requestId });
    return new Response(null, { status: 401, headers: { "www-authenticate": "Bearer" } });
  }

  #origin({ env: { incoming } }: SignalContext): { ip: string; requestId: string } {
    return { ip: this.#options.addressOf(incoming), requestId: this.#options.requestIds.idOf(incoming) };
  }
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
