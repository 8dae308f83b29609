import { type Context, Hono } from "hono";
import { OAUTH_PATH } from "../issuer/provider.js";
import type { Log } from "../log.js";
import { approvedPage, approvePage } from "../pages/approve-page.js";
import { consentPage } from "../pages/consent-page.js";
import { errorPage } from "../pages/error-page.js";
import { type Markup, pageHeaders } from "../pages/layout.js";
import { mePage } from "../pages/me-page.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import { type BrowserBinding, randomText } from "./browser-binding.js";
import type { SignInFlow } from "./sign-in-flow.js";
import type { PageRoutes } from "./web-server.js";

export interface PageRoutesOptions {
  /** The org's address. */
  orgUrl: string;
  binding: BrowserBinding;
  flow: SignInFlow;
  store: Store;
  roles(): readonly Role[];
  /** The name of a client for people. */
  clientName(clientId: string): Promise<string>;
  log: Log;
  /** Epoch milliseconds. */
  now(): number;
}

/** The path to which Okta sends people back. It is registered in the app at Okta, so it stays. */
export const CALLBACK_PATH = "/auth/sso/callback/okta";

const BROWSER_COOKIE = "okta-mcp.browser";
const PAGES_COOKIE = "okta-mcp.pages";
const SESSION_IDLE_MS = 30 * 60_000;
const SESSION_MS = 8 * 3_600_000;
/** Whoever approves a change has signed in within this time. */
const APPROVE_MAX_AGE_SECONDS = 300;

type PageContext = Context<{ Bindings: import("@hono/node-server").HttpBindings }>;

/** The routes of people: consent and sign-in, approvals, and what they have allowed. */
export function pageRoutes(options: PageRoutesOptions): PageRoutes {
  const pages = new Pages(options);
  const app: PageRoutes = new Hono();
  const interaction = `${OAUTH_PATH}/interaction/:uid`;
  app.get(interaction, (context) => pages.showConsent(context));
  app.post(interaction, (context) => pages.takeConsent(context));
  app.get(CALLBACK_PATH, (context) => pages.comeBack(context));
  app.get("/connect/okta", (context) => pages.beginFor(context, "/me", 0));
  app.get("/approve/:id", (context) => pages.showApproval(context));
  app.post("/approve/:id", (context) => pages.takeApproval(context));
  app.get("/me", (context) => pages.showMe(context));
  app.post("/me/revoke", (context) => pages.revoke(context));
  app.post("/me/sign-out", (context) => pages.signOut(context));
  app.onError((error, context) => pages.failed(error, context as PageContext));
  return app;
}

class Pages {
  readonly #options: PageRoutesOptions & { org: string };

  constructor(options: PageRoutesOptions) {
    this.#options = { ...options, org: new URL(options.orgUrl).host };
  }

  async showConsent(context: PageContext): Promise<Response> {
    const { org, binding, flow, store } = this.#options;
    const { incoming, outgoing } = context.env;
    const asked = await flow.asked(incoming, outgoing);
    const person = asked.personId === undefined ? undefined : await store.people.find(asked.personId);
    const mayGoOn = person?.status === "active" && (await flow.missingScopes(person)).length === 0;
    if (mayGoOn && (await flow.isRemembered(asked))) return context.redirect(await flow.allow(asked.uid, person), 303);
    const browser = this.#browser(context);
    const page = consentPage({
      org,
      client: asked.client,
      login: mayGoOn ? (person.login ?? person.id) : undefined,
      action: `${OAUTH_PATH}/interaction/${asked.uid}`,
      csrf: binding.formToken(browser, `consent ${asked.uid}`),
    });
    return this.#page(context, page, 200, asked.redirectUri, this.#options.orgUrl);
  }

  async takeConsent(context: PageContext): Promise<Response> {
    const { flow, store } = this.#options;
    const asked = await flow.asked(context.env.incoming, context.env.outgoing);
    const { browser, answer } = await this.#form(context, `consent ${asked.uid}`);
    if (answer !== "allow") return context.redirect(await flow.refuse(asked.uid), 303);
    const person = asked.personId === undefined ? undefined : await store.people.find(asked.personId);
    if (person?.status === "active" && (await flow.missingScopes(person)).length === 0)
      return context.redirect(await flow.allow(asked.uid, person), 303);
    return context.redirect(await flow.begin(browser, { uid: asked.uid }), 303);
  }

  async comeBack(context: PageContext): Promise<Response> {
    const { binding, flow } = this.#options;
    const browser = binding.read(context.req.raw.headers, BROWSER_COOKIE);
    const next = await flow.comeBack(browser, new URL(context.req.url).searchParams);
    if ("redirect" in next) return context.redirect(next.redirect, 303);
    await this.#startSession(context, next.person, next.signedInAtMs);
    return context.redirect(next.returnTo, 303);
  }

  /** Sends a browser to Okta, and from there back to a page. */
  async beginFor(context: PageContext, returnTo: string, maxAgeSeconds?: number): Promise<Response> {
    const address = await this.#options.flow.begin(this.#browser(context), { returnTo, maxAgeSeconds });
    return context.redirect(address, 303);
  }

  async showApproval(context: PageContext): Promise<Response> {
    const { org, binding, store, clientName, now } = this.#options;
    const id = context.req.param("id") ?? "";
    const signedIn = await this.#signedIn(context);
    const isFresh = signedIn !== undefined && now() - signedIn.atMs < APPROVE_MAX_AGE_SECONDS * 1000;
    if (!isFresh) return this.beginFor(context, `/approve/${encodeURIComponent(id)}`, APPROVE_MAX_AGE_SECONDS);
    const { person } = signedIn;
    const approval = await store.approvals.find(id, person.id);
    if (approval?.state !== "open") throw noSuchApproval();
    const page = approvePage({
      org,
      login: person.login ?? person.id,
      client: await clientName(approval.client),
      question: String(approval.shown.question),
      action: `/approve/${encodeURIComponent(id)}`,
      csrf: binding.formToken(this.#browser(context), `approve ${id}`),
      endsAtMs: approval.endsAtMs,
    });
    return this.#page(context, page);
  }

  async takeApproval(context: PageContext): Promise<Response> {
    const { org, store } = this.#options;
    const id = context.req.param("id") ?? "";
    const { answer } = await this.#form(context, `approve ${id}`);
    const signedIn = await this.#signedIn(context);
    if (signedIn === undefined) throw noSuchApproval();
    const { person } = signedIn;
    const yes = answer === "yes";
    if (!(await store.approvals.decide(id, person.id, yes ? "approved" : "denied"))) throw noSuchApproval();
    await store.audit.add({ actor: person.id, action: "approve", target: id, outcome: yes ? "done" : "refused" });
    return this.#page(context, approvedPage({ org, login: person.login ?? person.id, yes }));
  }

  async showMe(context: PageContext): Promise<Response> {
    const { org, binding, store, roles, clientName } = this.#options;
    const signedIn = await this.#signedIn(context);
    if (signedIn === undefined) return this.beginFor(context, "/me");
    const { person } = signedIn;
    const [grants, consents] = await Promise.all([store.oidc.grantsOf(person.id), store.consents.of(person.id)]);
    const hostOf = (client: string) => consents.find((one) => one.client === client)?.redirectHost ?? "";
    const ofClients = new Map(grants.map((grant) => [grant.client, grant]));
    const clients = await Promise.all(
      [...ofClients.values()].map(async ({ client, createdAtMs }) => ({
        id: client,
        name: await clientName(client),
        redirectHost: hostOf(client),
        sinceMs: createdAtMs,
        lastUsedAtMs: (await store.clients.find(client))?.usedAtMs,
      })),
    );
    const page = mePage({
      org,
      login: person.login ?? person.id,
      roles: rolesOf(roles(), person.groups).map(({ name }) => name),
      clients,
      csrf: binding.formToken(this.#browser(context), "me"),
    });
    return this.#page(context, page);
  }

  async revoke(context: PageContext): Promise<Response> {
    const { store } = this.#options;
    const { fields } = await this.#form(context, "me");
    const signedIn = await this.#signedIn(context);
    const client = fields.client;
    if (signedIn !== undefined && typeof client === "string") {
      await store.oidc.revokeByPerson(signedIn.person.id, client);
      await store.consents.withdraw(signedIn.person.id, client);
      await store.audit.add({ actor: signedIn.person.id, action: "revoke", client, outcome: "done" });
    }
    return context.redirect("/me", 303);
  }

  async signOut(context: PageContext): Promise<Response> {
    const { binding, store } = this.#options;
    await this.#form(context, "me");
    const signedIn = await this.#signedIn(context);
    if (signedIn !== undefined) {
      const { id } = signedIn.person;
      await store.oidc.revokeByPerson(id);
      await store.sessions.endOf(id);
      await store.audit.add({ actor: id, action: "sign_out_everywhere", outcome: "done" });
    }
    context.header("set-cookie", binding.set(PAGES_COOKIE, "", 0), { append: true });
    return context.redirect("/me", 303);
  }

  async failed(error: Error, context: PageContext): Promise<Response> {
    const { org, log } = this.#options;
    const isOurs = error instanceof SignInFailure;
    log[isOurs ? "info" : "error"]("a page failed", isOurs ? { code: error.code, detail: error.detail } : { error });
    const shown = isOurs
      ? { code: error.code as string, message: error.message, fix: error.fix }
      : {
          code: "page_failed",
          message: "This page cannot be shown.",
          fix: "Start again from your program. If it happens again, tell who runs this server.",
        };
    return this.#page(context, errorPage({ org, ...shown }), isOurs ? 403 : 400);
  }

  /** The browser's own random text; a new one is set where it has none. */
  #browser(context: PageContext): string {
    const { binding } = this.#options;
    const known = binding.read(context.req.raw.headers, BROWSER_COOKIE);
    if (known !== undefined) return known;
    const browser = randomText();
    context.header("set-cookie", binding.set(BROWSER_COOKIE, browser), { append: true });
    return browser;
  }

  /** The fields of a form that this server showed to this browser. @throws SignInFailure for every other form */
  async #form(context: PageContext, purpose: string) {
    const { binding } = this.#options;
    const { headers } = context.req.raw;
    const browser = binding.read(headers, BROWSER_COOKIE);
    const fields = await context.req.parseBody();
    if (browser === undefined || !binding.isOwnForm(headers, browser, purpose, fields.csrf)) {
      throw new SignInFailure(
        "state_expired",
        "This form was not shown in this browser, or its page is too old.",
        "Open the page again and answer there.",
      );
    }
    return { browser, fields, answer: fields.answer };
  }

  async #signedIn(context: PageContext): Promise<{ person: KnownPerson; atMs: number } | undefined> {
    const { binding, store } = this.#options;
    const id = binding.read(context.req.raw.headers, PAGES_COOKIE);
    const session = id === undefined ? undefined : await store.sessions.use(id, SESSION_IDLE_MS);
    const person = session === undefined ? undefined : await store.people.find(session.person);
    if (session === undefined || person?.status !== "active") return undefined;
    return { person, atMs: session.signedInAtMs };
  }

  async #startSession(context: PageContext, person: KnownPerson, signedInAtMs: number): Promise<void> {
    const { binding, store, now } = this.#options;
    const id = randomText();
    const nowMs = now();
    const session = {
      person: person.id,
      kind: "pages",
      acr: undefined,
      signedInAtMs,
      idleEndsAtMs: nowMs + SESSION_IDLE_MS,
      endsAtMs: nowMs + SESSION_MS,
      ipPrefix: undefined,
      agent: undefined,
      data: {},
    };
    await store.sessions.start(id, session, binding.read(context.req.raw.headers, PAGES_COOKIE));
    context.header("set-cookie", binding.set(PAGES_COOKIE, id), { append: true });
  }

  async #page(
    context: PageContext,
    page: Markup,
    status: 200 | 400 | 403 = 200,
    ...goesTo: (string | undefined)[]
  ): Promise<Response> {
    for (const [name, value] of Object.entries(pageHeaders(...goesTo))) context.header(name, value);
    return context.body(String(await page), status);
  }
}

function noSuchApproval(): SignInFailure {
  return new SignInFailure(
    "no_such_question",
    "There is no such question for you, or it was answered or has ended.",
    "Have the assistant make the call again; it gets a new link.",
  );
}
