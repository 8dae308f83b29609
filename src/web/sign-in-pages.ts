import { SCOPES } from "../okta/scopes.js";
import { connectPage } from "../pages/connect-page.js";
import { signInPage } from "../pages/sign-in-page.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import type { AdminAccess } from "./admin-access.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { SignInFlow } from "./sign-in-flow.js";
import type { PageRoutes } from "./web-server.js";

/** The path to which Okta sends people back. It is registered in the app at Okta, so it stays. */
export const CALLBACK_PATH = "/auth/sso/callback/okta";

/** The page on which a person grants this server their own right at Okta. */
export const CONNECT_PATH = "/connect/okta";

export interface SignInPagesOptions {
  kit: PageKit;
  flow: SignInFlow;
  admin: Pick<AdminAccess, "start">;
  /** The org's address. */
  orgUrl: string;
}

/** The way to Okta and back, for the pages and for clients. */
export class SignInPages {
  readonly #options: SignInPagesOptions;

  constructor(options: SignInPagesOptions) {
    this.#options = options;
  }

  addTo(app: PageRoutes): void {
    app.get(CALLBACK_PATH, (context) => this.#comeBack(context));
    app.get(CONNECT_PATH, (context) => this.#showConnect(context));
    app.post(CONNECT_PATH, (context) => this.#connect(context));
    app.post("/me/sign-in", (context) => this.#signIn(context));
  }

  /** Sends a browser to Okta, and from there back to a page. */
  async beginFor(context: PageContext, returnTo: string, maxAgeSeconds?: number): Promise<Response> {
    const { kit, flow } = this.#options;
    return kit.redirect(context, await flow.begin(kit.browser(context), { returnTo, maxAgeSeconds }));
  }

  /** Asks whoever is not signed in to begin it by a button, so that a link alone signs nobody in. */
  offer(
    context: PageContext,
    purpose: "/me/sign-in" | typeof CONNECT_PATH,
    action: string = purpose,
  ): Promise<Response> {
    return this.offerFor(context, { purpose, action });
  }

  /** As `offer`, for a form that has a purpose of its own. */
  offerFor(
    context: PageContext,
    { purpose, action, heading = "Your right at Okta" }: { purpose: string; action: string; heading?: string },
  ): Promise<Response> {
    const { kit, orgUrl } = this.#options;
    const isMe = purpose === "/me/sign-in";
    const page = signInPage({
      org: kit.org,
      heading: isMe ? "Your access" : heading,
      text: isMe
        ? "Sign in with Okta to see which programs may act for you, and to end what you no longer want."
        : "Sign in with Okta first. You then see what this server may do for you there, before you grant it.",
      action,
      csrf: kit.formToken(context, purpose),
    });
    return kit.page(context, page, { goesTo: [orgUrl] });
  }

  async #comeBack(context: PageContext): Promise<Response> {
    const { kit, flow, admin } = this.#options;
    const callback = new URL(context.req.url).searchParams;
    const next = await flow.comeBack(kit.knownBrowser(context), callback, kit.recorder(context));
    if ("redirect" in next) return kit.redirect(context, next.redirect);
    if ("failure" in next) return kit.failed(context, next.failure, next.back);
    const { person, signedInAtMs: atMs, acr, idToken } = next;
    if (next.session === "admin") await admin.start(context, { person, kind: "admin", atMs, acr, idToken });
    else await kit.startSession(context, { person, atMs, idToken });
    return kit.redirect(context, next.returnTo);
  }

  async #showConnect(context: PageContext): Promise<Response> {
    const { kit, flow, orgUrl } = this.#options;
    const { address, personId } = linkedPerson(context, CONNECT_PATH);
    const signedIn = await kit.signedIn(context);
    if (signedIn === undefined) return this.offer(context, CONNECT_PATH, address);
    const { person } = signedIn;
    if (personId !== undefined && person.id !== personId) throw notTheirs();
    const wanted = flow.wantedScopes(person);
    const page = connectPage({
      org: kit.org,
      login: person.login ?? person.id,
      wanted: wanted.map((scope) => ({ scope, words: wordsOf(scope) })),
      isGranted: (await flow.missingScopes(person)).length === 0,
      action: address,
      csrf: kit.formToken(context, CONNECT_PATH),
    });
    return kit.page(context, page, { goesTo: [orgUrl] });
  }

  async #connect(context: PageContext): Promise<Response> {
    const { kit, flow } = this.#options;
    const { browser } = await kit.form(context, CONNECT_PATH);
    const { address, personId } = linkedPerson(context, CONNECT_PATH);
    const person = (await kit.signedIn(context))?.person;
    if (person !== undefined && personId !== undefined && person.id !== personId) throw notTheirs();
    return kit.redirect(context, await flow.begin(browser, { returnTo: address, grants: person !== undefined }));
  }

  async #signIn(context: PageContext): Promise<Response> {
    const { kit, flow } = this.#options;
    const { browser } = await kit.form(context, "/me/sign-in");
    return kit.redirect(context, await flow.begin(browser, { returnTo: "/me" }));
  }
}

const PERSON_ID = /^\w{1,64}$/;

/** The person for whom a link to the page was made, where it tells, and the page's address with it. */
export function linkedPerson(context: PageContext, path: string): { address: string; personId: string | undefined } {
  const personId = context.req.query("person");
  if (personId === undefined || !PERSON_ID.test(personId)) return { address: path, personId: undefined };
  return { address: `${path}?person=${personId}`, personId };
}

/** The refusal of a link that was made for somebody else. */
export function notTheirs(): SignInFailure {
  return new SignInFailure(
    "another_person",
    "This link is for somebody else than the person who is signed in here.",
    "Where it is yours, sign out of Okta and of this server in this browser, open the link again and sign in as yourself. Otherwise have your own program make the call: it gets a link of yours.",
  );
}

function wordsOf(scope: string): string {
  return Object.hasOwn(SCOPES, scope) ? SCOPES[scope as keyof typeof SCOPES] : scope;
}
