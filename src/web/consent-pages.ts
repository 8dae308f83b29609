import { OAUTH_PATH } from "../issuer/provider.js";
import { consentPage } from "../pages/consent-page.js";
import type { Store } from "../store/open-store.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { AskedConsent, SignInFlow } from "./sign-in-flow.js";
import type { PageRoutes } from "./web-server.js";

export interface ConsentPagesOptions {
  kit: PageKit;
  flow: SignInFlow;
  store: Pick<Store, "people">;
  /** The org's address. */
  orgUrl: string;
}

/** The page on which a person lets a client act for them, and from which they sign in at Okta. */
export class ConsentPages {
  readonly #options: ConsentPagesOptions;

  constructor(options: ConsentPagesOptions) {
    this.#options = options;
  }

  addTo(app: PageRoutes): void {
    const path = `${OAUTH_PATH}/interaction/:uid`;
    app.get(path, (context) => this.#show(context));
    app.post(path, (context) => this.#take(context));
  }

  async #show(context: PageContext): Promise<Response> {
    const { kit, flow, orgUrl } = this.#options;
    const asked = await flow.asked(context.env.incoming, context.env.outgoing);
    const person = await this.#ready(asked);
    if (person !== undefined && (await flow.isRemembered(asked))) {
      return kit.redirect(context, await flow.allow(asked.uid, person));
    }
    const page = consentPage({
      org: kit.org,
      client: asked.client,
      login: person && (person.login ?? person.id),
      action: `${OAUTH_PATH}/interaction/${asked.uid}`,
      csrf: kit.formToken(context, purposeOf(asked)),
    });
    return kit.page(context, page, { goesTo: [asked.redirectUri, orgUrl] });
  }

  async #take(context: PageContext): Promise<Response> {
    const { kit, flow } = this.#options;
    const asked = await flow.asked(context.env.incoming, context.env.outgoing);
    const { browser, answer } = await kit.form(context, purposeOf(asked));
    if (answer !== "allow") return kit.redirect(context, await flow.refuse(asked.uid));
    const person = await this.#ready(asked);
    const next = person === undefined ? flow.begin(browser, { uid: asked.uid }) : flow.allow(asked.uid, person);
    return kit.redirect(context, await next);
  }

  /** Whoever is signed in already, where nothing is left to be asked at Okta. */
  async #ready({ personId }: AskedConsent) {
    const { flow, store } = this.#options;
    const person = personId === undefined ? undefined : await store.people.find(personId);
    if (person?.status !== "active") return undefined;
    return (await flow.missingScopes(person)).length === 0 ? person : undefined;
  }
}

const purposeOf = ({ uid }: AskedConsent) => `consent ${uid}`;
