import { OAUTH_PATH } from "../issuer/provider.js";
import { consentPage } from "../pages/consent-page.js";
import type { Store } from "../store/open-store.js";
import type { PersonChecks } from "../upstream/person-checks.js";
import type { AskedConsent, ClientRequests } from "./client-requests.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { SignInFlow } from "./sign-in-flow.js";
import type { PageRoutes } from "./web-server.js";

export interface ConsentPagesOptions {
  kit: PageKit;
  flow: SignInFlow;
  requests: ClientRequests;
  checks: PersonChecks;
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
    const { kit, requests, orgUrl } = this.#options;
    const asked = await this.#asked(context);
    const person = await this.#ready(asked);
    if (person !== undefined && (await requests.isRemembered(asked))) {
      return kit.redirect(context, await requests.allow(asked.uid, person, kit.recorder(context)));
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
    const { kit, flow, requests } = this.#options;
    const asked = await this.#asked(context);
    const { uid } = asked;
    const { browser, answer } = await kit.form(context, purposeOf(asked));
    const record = kit.recorder(context);
    if (answer === "switch") return kit.redirect(context, await flow.begin(browser, { uid, prompt: "login" }));
    if (answer !== "allow") return kit.redirect(context, await requests.refuse(uid, record));
    const person = await this.#ready(asked);
    const next = person === undefined ? flow.begin(browser, { uid }) : requests.allow(uid, person, record);
    return kit.redirect(context, await next);
  }

  #asked(context: PageContext): Promise<AskedConsent> {
    const { incoming, outgoing } = context.env;
    return this.#options.requests.asked(context.req.param("uid") ?? "", incoming, outgoing);
  }

  /** Whoever is signed in already and still there, where nothing is left to be asked at Okta. */
  async #ready({ personId }: AskedConsent) {
    const { flow, checks, store } = this.#options;
    if (personId === undefined || (await checks.check(personId)) !== "active") return undefined;
    const person = await store.people.find(personId);
    if (person?.status !== "active" || !flow.hasRole(person)) return undefined;
    return (await flow.missingScopes(person)).length === 0 ? person : undefined;
  }
}

const purposeOf = ({ uid, personId = "" }: AskedConsent) => `consent ${uid} ${personId}`;
