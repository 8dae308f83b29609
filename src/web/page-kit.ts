import type { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import { errorPage } from "../pages/error-page.js";
import { type Markup, pageHeaders } from "../pages/layout.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import { type SignInCause, SignInFailure, signInFailure } from "../upstream/sign-in-failure.js";
import type { Watch } from "../watch/observer.js";
import { type BrowserBinding, randomText } from "./browser-binding.js";
import type { AuditRecorder, WayBack } from "./client-requests.js";
import { RepeatedRefusals } from "./repeated-refusals.js";
import type { RunningRequests } from "./running-requests.js";

export interface PageKitOptions {
  /** The address at which clients reach this server, without a slash at its end. */
  publicUrl: string;
  /** The org's address. */
  orgUrl: string;
  binding: BrowserBinding;
  store: Pick<Store, "sessions" | "people" | "audit">;
  /** The address from which a request comes. */
  addressOf(request: IncomingMessage): string | undefined;
  /** The names of requests. */
  requestIds: Pick<RunningRequests, "idOf">;
  watch: Pick<Watch, "observer">;
  log: Log;
  /** Epoch milliseconds. */
  now(): number;
}

export type PageContext = Context<{ Bindings: HttpBindings }>;

/** Whoever is signed in to the pages in a browser. */
export interface SignedInHere {
  person: KnownPerson;
  /** When they last typed in their password at Okta, in epoch milliseconds. */
  atMs: number;
  /** Their last ID token, as a hint for signing out at Okta. */
  idToken: string | undefined;
}

const BROWSER_COOKIE = "okta-mcp.browser";
const PAGES_COOKIE = "okta-mcp.pages";
/** The kind of session of people's own pages. Others have cookies of their own. */
const PAGES_KIND = "pages";
const SESSION_IDLE_MS = 30 * 60_000;
const SESSION_MS = 8 * 3_600_000;
/** Causes with a status of their own. */
const STATUSES: Partial<Record<SignInCause, 404 | 429>> = {
  too_many_requests: 429,
  not_found_here: 404,
  api_not_there: 404,
};
/** When a page may well be there that was not for a passing reason (`Retry-After`), in seconds. */
const PASSING_SECONDS = "30";
const MAX_FORM_BYTES = 65_536;

/** What every page needs: the browser, its session, forms of our own, answers with the right headers, and the record. */
export class PageKit {
  /** The org's host. */
  readonly org: string;
  readonly #options: PageKitOptions;
  readonly #refusals: RepeatedRefusals;

  constructor(options: PageKitOptions) {
    this.#options = options;
    this.#refusals = new RepeatedRefusals(options);
    this.org = new URL(options.orgUrl).host;
  }

  /** The browser's own random text; a new one is set where it has none. */
  browser(context: PageContext): string {
    const { binding } = this.#options;
    const known = this.knownBrowser(context);
    if (known !== undefined) return known;
    const browser = randomText();
    context.header("set-cookie", binding.set(BROWSER_COOKIE, browser), { append: true });
    return browser;
  }

  /** The browser's own random text; undefined for one that was here never. */
  knownBrowser(context: PageContext): string | undefined {
    return this.#options.binding.read(context.req.raw.headers, BROWSER_COOKIE);
  }

  /** The token of a form of ours. @param purpose what the form is for; another form's token does not count for it */
  formToken(context: PageContext, purpose: string): string {
    return this.#options.binding.formToken(this.browser(context), purpose);
  }

  /** The fields of a form that this server showed to this browser. @throws SignInFailure for every other form */
  async form(context: PageContext, purpose: string) {
    const { binding } = this.#options;
    const { headers } = context.req.raw;
    const browser = this.knownBrowser(context);
    const length = Number(headers.get("content-length") ?? Number.NaN);
    const fields = length <= MAX_FORM_BYTES ? await context.req.parseBody() : {};
    if (browser === undefined || !binding.isOwnForm(headers, browser, purpose, fields.csrf)) {
      throw signInFailure("form_not_ours");
    }
    return { browser, fields, answer: fields.answer };
  }

  /** False for a request that another page sent, as far as the browser tells. */
  isOwnPage(context: PageContext): boolean {
    return this.#options.binding.isOwnPage(context.req.raw.headers);
  }

  /** Whoever is signed in to the pages in this browser. */
  async signedIn(context: PageContext): Promise<SignedInHere | undefined> {
    const { binding, store } = this.#options;
    const id = binding.read(context.req.raw.headers, PAGES_COOKIE);
    const session = id === undefined ? undefined : await store.sessions.use(id, SESSION_IDLE_MS);
    const person = session === undefined ? undefined : await store.people.find(session.person);
    if (session?.kind !== PAGES_KIND || person?.status !== "active") return undefined;
    const { idToken } = session.data;
    return { person, atMs: session.signedInAtMs, idToken: typeof idToken === "string" ? idToken : undefined };
  }

  /** Signs somebody in to the pages, with a new session in place of the one that the browser had. */
  async startSession(context: PageContext, { person, atMs, idToken }: SignedInHere): Promise<void> {
    const { binding, store, now } = this.#options;
    const id = randomText();
    const nowMs = now();
    const session = {
      person: person.id,
      kind: PAGES_KIND,
      acr: undefined,
      signedInAtMs: atMs,
      idleEndsAtMs: nowMs + SESSION_IDLE_MS,
      endsAtMs: nowMs + SESSION_MS,
      ipPrefix: undefined,
      agent: undefined,
      data: { idToken },
    };
    await store.sessions.start(id, session, binding.read(context.req.raw.headers, PAGES_COOKIE));
    context.header("set-cookie", binding.set(PAGES_COOKIE, id), { append: true });
  }

  /** Ends the session of this browser, and takes its cookie. */
  async endSession(context: PageContext): Promise<void> {
    const { binding, store } = this.#options;
    const id = binding.read(context.req.raw.headers, PAGES_COOKIE);
    if (id !== undefined) await store.sessions.end(id);
    context.header("set-cookie", binding.set(PAGES_COOKIE, "", 0), { append: true });
  }

  /** Answers with a page. @param goesTo the addresses to which a form of the page may lead on */
  async page(
    context: PageContext,
    page: Markup,
    { status = 200, goesTo = [] }: { status?: 200 | 400 | 403 | 404 | 429 | 503; goesTo?: readonly string[] } = {},
  ): Promise<Response> {
    for (const [name, value] of Object.entries(pageHeaders(...goesTo))) context.header(name, value);
    return context.body(String(await page), status);
  }

  /** Answers with the way to another page. Nothing on the way is kept by the browser. */
  redirect(context: PageContext, address: string): Response {
    context.header("cache-control", "no-store");
    context.header("referrer-policy", "no-referrer");
    return context.redirect(address, 303);
  }

  /** A name for this request, for log, record and page. */
  requestId(context: PageContext): string {
    return this.#options.requestIds.idOf(context.env.incoming);
  }

  /** Keeps on record what happens to access by a request, with its address and name. */
  recorder(context: PageContext): AuditRecorder {
    const { store } = this.#options;
    return async (event) => {
      const kept = this.#refusals.onPage({ ...event, ...this.origin(context) });
      if (kept !== undefined) await store.audit.add(kept);
    };
  }

  /** The address and the name of a request, for the record. */
  origin(context: PageContext): { ip: string | undefined; requestId: string } {
    return { ip: this.#options.addressOf(context.env.incoming), requestId: this.requestId(context) };
  }

  /** Answers with what went wrong: in our words on the page, with the org's words in the log alone. */
  async failed(context: PageContext, error: Error, back?: WayBack): Promise<Response> {
    const { log, publicUrl } = this.#options;
    const requestId = this.requestId(context);
    if (!(error instanceof SignInFailure)) {
      log.error("a page failed", { error, request_id: requestId });
      const isPassing = error instanceof OktaMcpError && error.code === "store_unavailable";
      const page = errorPage({
        org: this.org,
        code: isPassing ? "temporarily_unavailable" : "page_failed",
        message: isPassing ? "This server cannot reach what it keeps. Nothing was lost." : "This page cannot be shown.",
        fix: isPassing
          ? "Wait a minute, then load the page again. If it goes on, tell who runs this server."
          : "Start again from your program. If it happens again, tell who runs this server.",
        requestId,
      });
      return this.page(context, page, { status: isPassing ? 503 : 400 });
    }
    const { code, message, fix, detail } = error;
    if (error.isPassing) context.header("retry-after", PASSING_SECONDS);
    this.#options.watch.observer.note({ kind: "auth_failure", reason: code });
    // A field named code would count as a code of OAuth, and be left out.
    log.info("a page was refused", { fault: code, detail, request_id: requestId });
    return this.page(
      context,
      errorPage({ org: this.org, code, message, fix, operator: error.forOperator(publicUrl), requestId, back }),
      {
        status: STATUSES[code] ?? (error.isPassing ? 503 : 403),
      },
    );
  }
}
