import { getCookie } from "hono/cookie";
import type { Departures } from "../upstream/departures.js";
import type { OktaLogin } from "../upstream/okta-login.js";
import type { BrowserBinding } from "./browser-binding.js";
import type { ClientRequests } from "./client-requests.js";
import type { PageContext, PageKit, SignedInHere } from "./page-kit.js";

export interface SignOutOptions {
  kit: PageKit;
  binding: BrowserBinding;
  login: Pick<OktaLogin, "signOutAddress">;
  departures: Departures;
  /** The requests of clients; undefined where clients get their tokens elsewhere. */
  requests: ClientRequests | undefined;
}

/** The page after a sign-out. */
export const SIGNED_OUT_PATH = "/signed-out";

/** Tells the page after a sign-out what has ended. A link to that page cannot say it. */
const EVERYWHERE_COOKIE = "okta-mcp.signed-out";
const EVERYWHERE_PURPOSE = "signed out everywhere";
const EVERYWHERE_SECONDS = 60;

/** Ends what a person has here: in this browser, at Okta too, or everywhere with every program. */
export class SignOut {
  readonly #options: SignOutOptions;

  constructor(options: SignOutOptions) {
    this.#options = options;
  }

  /** @param where `okta` and `everywhere` end more than this browser's session here. @returns where the browser goes */
  async end(context: PageContext, { person, idToken }: SignedInHere, where: unknown): Promise<Response> {
    const { kit, binding, login, departures } = this.#options;
    const everywhere = where === "everywhere";
    if (everywhere) await departures.end(person.id, { cause: "signed_out", by: person.id, ...kit.origin(context) });
    await this.#endHere(context);
    if (!everywhere) await kit.recorder(context)({ actor: person.id, action: "sign_out", outcome: "done" });
    if (where === "okta" && idToken !== undefined) return kit.redirect(context, await login.signOutAddress(idToken));
    if (everywhere) {
      const proof = kit.formToken(context, EVERYWHERE_PURPOSE);
      context.header("set-cookie", binding.set(EVERYWHERE_COOKIE, proof, EVERYWHERE_SECONDS), { append: true });
    }
    return kit.redirect(context, SIGNED_OUT_PATH);
  }

  /** True once, for the browser from which everything was ended a moment ago. */
  takeEverywhere(context: PageContext): boolean {
    const { kit, binding } = this.#options;
    const proof = binding.read(context.req.raw.headers, EVERYWHERE_COOKIE);
    if (proof === undefined) return false;
    context.header("set-cookie", binding.set(EVERYWHERE_COOKIE, "", 0), { append: true });
    return kit.knownBrowser(context) !== undefined && proof === kit.formToken(context, EVERYWHERE_PURPOSE);
  }

  /** Ends both sessions of this browser: that of the pages, and that in which clients need not ask again. */
  async #endHere(context: PageContext): Promise<void> {
    const { kit, requests } = this.#options;
    await kit.endSession(context);
    const id = requests && getCookie(context, requests.sessionCookie);
    if (requests !== undefined && id !== undefined) await requests.endSession(id);
  }
}
