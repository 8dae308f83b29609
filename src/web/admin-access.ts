import { adminSignInPage, stepUpPage } from "../pages/admin-sign-in-page.js";
import { type AdminSettings, isAdminIn } from "../people/admin-schema.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import type { GroupSync } from "../upstream/group-sync.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import { type BrowserBinding, randomText } from "./browser-binding.js";
import type { PageContext, PageKit } from "./page-kit.js";
import { notAdmin, type SignInFlow } from "./sign-in-flow.js";
import type { PageRoutes } from "./web-server.js";

/** `admin`: somebody of an admin group, through Okta. `break_glass`: whoever had a link of this machine. */
export type AdminKind = "admin" | "break_glass";

export interface AdminAccessOptions {
  kit: PageKit;
  flow: SignInFlow;
  binding: BrowserBinding;
  /** The sessions that count here; by default those that began through Okta. */
  kind?: AdminKind;
  store: Pick<Store, "sessions" | "people">;
  /** Who may use the admin pages at this moment; undefined where there are none. */
  admins(): AdminSettings | undefined;
  /** Reads somebody's groups anew where they are too old. */
  groupSync: Pick<GroupSync, "fresh">;
  /** The org's address. */
  orgUrl: string;
  /** Epoch milliseconds. */
  now(): number;
}

/** The admin in front of a browser, as of now. */
export interface AdminHere {
  person: KnownPerson;
  kind: AdminKind;
  /** When they last proved who they are, in epoch milliseconds. */
  atMs: number;
  /** True where that is recent enough for what is dangerous. */
  isFresh: boolean;
  idToken: string | undefined;
}

/** What begins a session of an admin. */
export interface NewAdminSession {
  person: KnownPerson;
  kind: AdminKind;
  /** When they proved who they are, in epoch milliseconds. */
  atMs: number;
  acr: string | undefined;
  idToken: string | undefined;
  /** Epoch milliseconds; by default after `admins.hours`. */
  endsAtMs?: number;
}

/** A form of an admin page, from the admin to whom it was shown. */
export interface AdminForm {
  admin: AdminHere;
  fields: Record<string, string | File>;
}

const ADMIN_COOKIE = "okta-mcp.admin";
export const ADMIN_PATH = "/admin";
export const ADMIN_LOGIN_PATH = "/admin/login";
const STEP_UP_PATH = "/admin/step-up";
/** The purpose and the action of the form that signs an admin out. */
export const SIGN_OUT_PATH = "/admin/sign-out";

const MINUTE_MS = 60_000;
/** The clocks of Okta and this server may differ by this much. */
const TOLERANCE_MS = 60_000;
/** Whoever proves anew who they are does it now. */
const STEP_UP_MAX_AGE_SECONDS = 60;

/** An address of an admin page on this server. Nothing that a browser could take for another host is one. */
const OWN_PAGE = /^\/admin(?:[/?][\w\-./?=&%+:~]*)?$/;

/** The admin page that an address names; the first one where it names none of ours. */
export function adminPageOf(address: unknown): string {
  return typeof address === "string" && address.length <= 2_000 && OWN_PAGE.test(address) ? address : ADMIN_PATH;
}

/**
 * Decides who may use the admin pages: at each request by the groups that the store has of the person at that moment,
 * never by what a session says.
 */
export class AdminAccess {
  readonly #options: AdminAccessOptions;

  constructor(options: AdminAccessOptions) {
    this.#options = options;
  }

  /** True where there are admin pages. */
  get isOn(): boolean {
    return this.#options.admins() !== undefined;
  }

  /** Adds the way in and out. Where nobody is an admin, no page is there. It comes before the admin pages. */
  addTo(app: PageRoutes): void {
    app.use(`${ADMIN_PATH}/*`, async (context, next) => {
      if (!this.isOn) return context.notFound();
      // Without a cookie of a session an answer would lead to the sign-in page, and hide where the form came from.
      if (context.req.method === "POST" && !this.#options.binding.isOwnPage(context.req.raw.headers)) throw notOurs();
      return next();
    });
    for (const path of [STEP_UP_PATH, SIGN_OUT_PATH]) app.get(path, onlyByPost);
    app.get(ADMIN_LOGIN_PATH, (context) => this.#showLogin(context));
    app.post(ADMIN_LOGIN_PATH, (context) => this.#signIn(context, ADMIN_LOGIN_PATH));
    app.post(STEP_UP_PATH, (context) => this.#signIn(context, STEP_UP_PATH, STEP_UP_MAX_AGE_SECONDS));
    app.post(SIGN_OUT_PATH, (context) => this.#signOut(context));
  }

  /**
   * Lets an admin see a page.
   * @param stepUp true where they have to have proved a moment ago who they are
   * @returns the admin; or the answer that leads to the sign-in, or asks to prove it
   * @throws SignInFailure not_admin for somebody who is no admin, or no more
   */
  async enter(context: PageContext, { stepUp = false }: { stepUp?: boolean } = {}): Promise<AdminHere | Response> {
    const admin = await this.#here(context);
    const { pathname, search } = new URL(context.req.url);
    if (admin === undefined) {
      return this.#options.kit.redirect(context, `${ADMIN_LOGIN_PATH}?to=${encodeURIComponent(pathname + search)}`);
    }
    return stepUp && !admin.isFresh ? this.#askAgain(context, admin, pathname + search) : admin;
  }

  /**
   * Takes a form of an admin page: its token, the page that it came from, the role of the admin, and where it is
   * dangerous the time at which they proved who they are.
   * @param purpose what the form is for, as given to `formToken`
   * @param page the page of the form, where that is another than its action
   * @returns the form; or the way to the sign-in, after which the page is there again and nothing has been done
   * @throws SignInFailure form_not_ours, not_admin
   */
  async form(
    context: PageContext,
    purpose: string,
    { stepUp = false, page }: { stepUp?: boolean; page?: string } = {},
  ): Promise<AdminForm | Response> {
    const { kit } = this.#options;
    const admin = await this.#here(context);
    const { pathname, search } = new URL(context.req.url);
    const back = adminPageOf(page ?? pathname + search);
    if (admin === undefined) return kit.redirect(context, back);
    const { fields } = await kit.form(context, purposeOf(purpose, admin.person));
    if (stepUp && !admin.isFresh) return kit.redirect(context, back);
    return { admin, fields: fields as Record<string, string | File> };
  }

  /** The admin in front of a browser; undefined where nobody is signed in there. @throws SignInFailure not_admin */
  present(context: PageContext): Promise<AdminHere | undefined> {
    return this.#here(context);
  }

  /** The token of a form of an admin page. @param purpose what the form is for; another form's token does not count */
  formToken(context: PageContext, { person }: AdminHere, purpose: string): string {
    return this.#options.kit.formToken(context, purposeOf(purpose, person));
  }

  /** Begins a session with a new id, in place of the one that the browser had. */
  async start(context: PageContext, { person, kind, atMs, acr, idToken, endsAtMs }: NewAdminSession): Promise<void> {
    const { binding, store, admins, now } = this.#options;
    const settings = admins();
    if (settings === undefined) throw notAdmin();
    const id = randomText();
    const nowMs = now();
    const session = {
      person: person.id,
      kind,
      acr,
      signedInAtMs: atMs,
      idleEndsAtMs: nowMs + settings.idle_minutes * MINUTE_MS,
      endsAtMs: endsAtMs ?? nowMs + settings.hours * 60 * MINUTE_MS,
      ipPrefix: undefined,
      agent: undefined,
      data: { idToken },
    };
    await store.sessions.start(id, session, binding.read(context.req.raw.headers, ADMIN_COOKIE));
    context.header("set-cookie", binding.set(ADMIN_COOKIE, id), { append: true });
  }

  /** Ends the session of this browser, and takes its cookie. */
  async end(context: PageContext): Promise<void> {
    const { binding, store } = this.#options;
    const id = binding.read(context.req.raw.headers, ADMIN_COOKIE);
    if (id !== undefined) await store.sessions.end(id);
    context.header("set-cookie", binding.set(ADMIN_COOKIE, "", 0), { append: true });
  }

  /** The admin in front of a browser; undefined where nobody is signed in there. @throws SignInFailure not_admin */
  async #here(context: PageContext): Promise<AdminHere | undefined> {
    const { binding, store, kind: counts = "admin", admins, groupSync, now } = this.#options;
    const settings = admins();
    const id = binding.read(context.req.raw.headers, ADMIN_COOKIE);
    if (settings === undefined || id === undefined) return undefined;
    const session = await store.sessions.use(id, settings.idle_minutes * MINUTE_MS);
    if (session?.kind !== counts) return undefined;
    const kind = counts;
    const { acr, signedInAtMs: atMs } = session;
    const known = await store.people.find(session.person);
    const person = known?.status === "active" && kind === "admin" ? await groupSync.fresh(known) : known;
    const isAdmin = person?.status === "active" && (kind === "break_glass" || isAdminIn(settings, person.groups));
    if (!isAdmin) {
      await this.end(context);
      throw notAdmin();
    }
    // The settings may ask for more than they did at the sign-in.
    const isSure = kind === "break_glass" || settings.acr_values?.includes(acr ?? "") !== false;
    if (!isSure) return undefined;
    const { idToken } = session.data;
    return {
      person,
      kind,
      atMs,
      // A link was used a moment ago and opens the pages for minutes; Okta cannot be asked again.
      isFresh: kind === "break_glass" || now() - atMs <= settings.step_up_minutes * MINUTE_MS + TOLERANCE_MS,
      idToken: typeof idToken === "string" ? idToken : undefined,
    };
  }

  async #showLogin(context: PageContext): Promise<Response> {
    const { kit, orgUrl } = this.#options;
    const to = adminPageOf(context.req.query("to"));
    const page = adminSignInPage({ org: kit.org, to, csrf: kit.formToken(context, ADMIN_LOGIN_PATH) });
    return kit.page(context, page, { goesTo: [orgUrl] });
  }

  async #askAgain(context: PageContext, { person }: AdminHere, to: string): Promise<Response> {
    const { kit, orgUrl } = this.#options;
    const login = person.login ?? person.id;
    const page = stepUpPage({ org: kit.org, login, to, csrf: kit.formToken(context, STEP_UP_PATH) });
    return kit.page(context, page, { goesTo: [orgUrl] });
  }

  async #signIn(context: PageContext, purpose: string, maxAgeSeconds?: number): Promise<Response> {
    const { kit, flow } = this.#options;
    const { browser, fields } = await kit.form(context, purpose);
    const goal = { returnTo: adminPageOf(fields.to), maxAgeSeconds, session: "admin" as const };
    return kit.redirect(context, await flow.begin(browser, goal));
  }

  async #signOut(context: PageContext): Promise<Response> {
    const { kit } = this.#options;
    const form = await this.form(context, SIGN_OUT_PATH, { page: ADMIN_PATH });
    if (form instanceof Response) return form;
    await this.end(context);
    await kit.recorder(context)({ actor: form.admin.person.id, action: "admin_sign_out", outcome: "done" });
    return kit.redirect(context, ADMIN_LOGIN_PATH);
  }
}

/** The answer to whoever opens the action of a form. */
export const onlyByPost = (context: PageContext): Response => {
  context.header("allow", "POST");
  return context.text("This address takes the form of a page, and shows nothing.", 405);
};

const purposeOf = (purpose: string, { id }: KnownPerson) => `admin ${purpose} ${id}`;

const notOurs = () =>
  new SignInFailure(
    "form_not_ours",
    "This form was not sent from a page of this server.",
    "Open the admin pages and answer there. If you did not send it yourself, close this window.",
  );
