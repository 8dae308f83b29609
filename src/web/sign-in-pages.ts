import type { PageContext, PageKit } from "./page-kit.js";
import type { SignInFlow } from "./sign-in-flow.js";
import type { PageRoutes } from "./web-server.js";

/** The path to which Okta sends people back. It is registered in the app at Okta, so it stays. */
export const CALLBACK_PATH = "/auth/sso/callback/okta";

export interface SignInPagesOptions {
  kit: PageKit;
  flow: SignInFlow;
}

/** The way to Okta and back, for the pages and for clients. */
export class SignInPages {
  readonly #options: SignInPagesOptions;

  constructor(options: SignInPagesOptions) {
    this.#options = options;
  }

  addTo(app: PageRoutes): void {
    app.get(CALLBACK_PATH, (context) => this.#comeBack(context));
    app.get("/connect/okta", (context) => this.beginFor(context, "/me", 0));
  }

  /** Sends a browser to Okta, and from there back to a page. */
  async beginFor(context: PageContext, returnTo: string, maxAgeSeconds?: number): Promise<Response> {
    const { kit, flow } = this.#options;
    return kit.redirect(context, await flow.begin(kit.browser(context), { returnTo, maxAgeSeconds }));
  }

  async #comeBack(context: PageContext): Promise<Response> {
    const { kit, flow } = this.#options;
    const next = await flow.comeBack(kit.knownBrowser(context), new URL(context.req.url).searchParams);
    if ("redirect" in next) return kit.redirect(context, next.redirect);
    await kit.startSession(context, { person: next.person, atMs: next.signedInAtMs, idToken: undefined });
    return kit.redirect(context, next.returnTo);
  }
}
