import { signedOutPage, signInPage, signOutPage } from "../pages/sign-in-page.js";
import { SSO_PATH } from "./disabled-sso.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { SignInFlow } from "./sign-in-flow.js";
import { SIGNED_OUT_PATH, type SignOut } from "./sign-out.js";
import type { PageRoutes } from "./web-server.js";

/** The ways to sign in: Okta alone. Nothing of the settings is in it. */
const PROVIDERS = [{ id: "okta", name: "okta", display_name: "Okta" }] as const;

const LOGIN_PATH = `${SSO_PATH}/login/okta`;
const LOGOUT_PATH = `${SSO_PATH}/logout`;

export interface SsoPagesOptions {
  kit: PageKit;
  flow: SignInFlow;
  signOut: SignOut;
  /** The org's address. */
  orgUrl: string;
}

/** The way in and out by the addresses that other gateways have. */
export class SsoPages {
  readonly #options: SsoPagesOptions;

  constructor(options: SsoPagesOptions) {
    this.#options = options;
  }

  addTo(app: PageRoutes): void {
    app.get(`${SSO_PATH}/providers`, (context) => context.json(PROVIDERS));
    app.get(LOGIN_PATH, (context) => this.#showLogin(context));
    app.post(LOGIN_PATH, (context) => this.#login(context));
    app.get(LOGOUT_PATH, (context) => this.#showLogout(context));
    app.post(LOGOUT_PATH, (context) => this.#logout(context));
    app.get(SIGNED_OUT_PATH, (context) => this.#showSignedOut(context));
  }

  #showLogin(context: PageContext): Promise<Response> {
    const { kit, orgUrl } = this.#options;
    const page = signInPage({
      org: kit.org,
      heading: "Sign in",
      text: "Your organisation signs you in with Okta. You then see which programs may act for you.",
      action: LOGIN_PATH,
      csrf: kit.formToken(context, LOGIN_PATH),
    });
    return kit.page(context, page, { goesTo: [orgUrl] });
  }

  async #login(context: PageContext): Promise<Response> {
    const { kit, flow } = this.#options;
    const { browser } = await kit.form(context, LOGIN_PATH);
    return kit.redirect(context, await flow.begin(browser, { returnTo: "/me" }));
  }

  /** A link alone signs nobody out. */
  async #showLogout(context: PageContext): Promise<Response> {
    const { kit, orgUrl } = this.#options;
    const signedIn = await kit.signedIn(context);
    if (signedIn === undefined) return kit.redirect(context, SIGNED_OUT_PATH);
    const { person } = signedIn;
    const login = person.login ?? person.id;
    const page = signOutPage({ org: kit.org, login, action: LOGOUT_PATH, csrf: kit.formToken(context, LOGOUT_PATH) });
    return kit.page(context, page, { goesTo: [orgUrl] });
  }

  async #logout(context: PageContext): Promise<Response> {
    const { kit, signOut } = this.#options;
    const { fields } = await kit.form(context, LOGOUT_PATH);
    const signedIn = await kit.signedIn(context);
    return signedIn === undefined
      ? kit.redirect(context, SIGNED_OUT_PATH)
      : signOut.end(context, signedIn, fields.where);
  }

  #showSignedOut(context: PageContext): Promise<Response> {
    const { kit, signOut } = this.#options;
    const everywhere = signOut.takeEverywhere(context);
    return kit.page(context, signedOutPage({ org: kit.org, everywhere }));
  }
}
