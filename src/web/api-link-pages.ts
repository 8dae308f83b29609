import { apiLinkPage } from "../pages/api-link-page.js";
import type { KnownPerson } from "../store/stored-people.js";
import { signInFailure } from "../upstream/sign-in-failure.js";
import { type ApiLinks, linkPath, type OfferedApi } from "./api-links.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { SignInFlow } from "./sign-in-flow.js";
import { linkedPerson, notTheirs, type SignInPages } from "./sign-in-pages.js";
import type { PageRoutes } from "./web-server.js";

export interface ApiLinkPagesOptions {
  kit: PageKit;
  signIn: SignInPages;
  flow: SignInFlow;
  links: ApiLinks;
}

/** The pages on which people link the company's APIs, and end it. */
export class ApiLinkPages {
  readonly #options: ApiLinkPagesOptions;

  constructor(options: ApiLinkPagesOptions) {
    this.#options = options;
  }

  addTo(app: PageRoutes): void {
    app.get("/connect/:api", (context) => this.#show(context));
    app.post("/connect/:api", (context) => this.#answer(context));
    app.get("/connect/:api/callback", (context) => this.#comeBack(context));
  }

  async #show(context: PageContext): Promise<Response> {
    const { kit, signIn } = this.#options;
    const name = nameIn(context);
    const { address, personId } = linkedPerson(context, linkPath(name));
    const person = (await kit.signedIn(context))?.person;
    if (person === undefined) {
      const heading = "Your company's API";
      return signIn.offerFor(context, { purpose: purposeOf(name), action: address, heading });
    }
    if (personId !== undefined && person.id !== personId) throw notTheirs();
    const offered = await this.#offered(person, name);
    const page = apiLinkPage({
      org: kit.org,
      login: person.login ?? person.id,
      api: name,
      scopes: offered.scopes,
      linkedSinceMs: offered.linked?.sinceMs,
      action: address,
      csrf: kit.formToken(context, purposeOf(name)),
    });
    return kit.page(context, page, { goesTo: offered.goesTo === "" ? [] : [offered.goesTo] });
  }

  async #answer(context: PageContext): Promise<Response> {
    const { kit, flow, links } = this.#options;
    const name = nameIn(context);
    const { browser, answer } = await kit.form(context, purposeOf(name));
    const { address, personId } = linkedPerson(context, linkPath(name));
    const person = (await kit.signedIn(context))?.person;
    if (person === undefined) return kit.redirect(context, await flow.begin(browser, { returnTo: address }));
    if (personId !== undefined && person.id !== personId) throw notTheirs();
    if (answer !== "unlink") return kit.redirect(context, await links.begin(browser, person, name));
    await links.unlink(person, name, kit.recorder(context));
    return kit.redirect(context, "/me");
  }

  async #comeBack(context: PageContext): Promise<Response> {
    const { kit, links } = this.#options;
    const callback = new URL(context.req.url).searchParams;
    const signedIn = (await kit.signedIn(context))?.person;
    const back = { browser: kit.knownBrowser(context), signedIn, name: nameIn(context) };
    return kit.redirect(context, await links.comeBack(back, callback, kit.recorder(context)));
  }

  async #offered(person: KnownPerson, name: string): Promise<OfferedApi> {
    const found = (await this.#options.links.offered(person)).find((one) => one.name === name);
    if (found === undefined) throw signInFailure("api_not_there");
    return found;
  }
}

const nameIn = (context: PageContext) => context.req.param("api") ?? "";
const purposeOf = (name: string) => `connect ${name}`;
