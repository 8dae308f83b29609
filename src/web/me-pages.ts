import { mePage } from "../pages/me-page.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import type { Departures } from "../upstream/departures.js";
import type { ApiLinks } from "./api-links.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { SignInFlow } from "./sign-in-flow.js";
import type { SignInPages } from "./sign-in-pages.js";
import type { SignOut } from "./sign-out.js";
import type { PageRoutes } from "./web-server.js";

export interface MePagesOptions {
  kit: PageKit;
  signIn: SignInPages;
  flow: SignInFlow;
  links: ApiLinks;
  signOut: SignOut;
  departures: Departures;
  store: Store;
  roles(): readonly Role[];
  /** The name of a client for people. */
  clientName(clientId: string): Promise<string>;
  /** The org's address. */
  orgUrl: string;
}

/** What a person has allowed, and the way to end it. */
export class MePages {
  readonly #options: MePagesOptions;

  constructor(options: MePagesOptions) {
    this.#options = options;
  }

  addTo(app: PageRoutes): void {
    app.get("/me", (context) => this.#show(context));
    app.post("/me/revoke", (context) => this.#revoke(context));
    app.post("/me/sign-out", (context) => this.#signOut(context));
  }

  async #show(context: PageContext): Promise<Response> {
    const { kit, signIn, flow, links, roles, orgUrl } = this.#options;
    const signedIn = await kit.signedIn(context);
    if (signedIn === undefined) return signIn.offer(context, "/me/sign-in");
    const { person } = signedIn;
    const mayActAtOkta =
      flow.wantedScopes(person).length === 0 ? undefined : (await flow.missingScopes(person)).length === 0;
    const page = mePage({
      org: kit.org,
      login: person.login ?? person.id,
      roles: rolesOf(roles(), person.groups).map(({ name }) => name),
      clients: await this.#clientsOf(person.id),
      questions: await this.#questionsOf(person.id),
      mayActAtOkta,
      apis: (await links.offered(person)).map(({ name, linked }) => ({ name, linkedSinceMs: linked?.sinceMs })),
      csrf: kit.formToken(context, purposeOf(person)),
    });
    return kit.page(context, page, { goesTo: [orgUrl] });
  }

  async #revoke(context: PageContext): Promise<Response> {
    const { kit, departures, store } = this.#options;
    const { signedIn, fields } = await this.#form(context);
    const { person } = signedIn;
    const { client } = fields;
    // The record is for ever, and takes no text that somebody made up.
    const isOwn = (await store.oidc.grantsOf(person.id)).some((grant) => grant.client === client);
    if (typeof client === "string" && isOwn) {
      await departures.endClient(client, { why: "revoked", by: person.id, ...kit.origin(context) }, person.id);
    }
    return kit.redirect(context, "/me");
  }

  async #signOut(context: PageContext): Promise<Response> {
    const { signedIn, fields } = await this.#form(context);
    return this.#options.signOut.end(context, signedIn, fields.where);
  }

  /** A form of this page, from the person to whom it was shown. @throws SignInFailure */
  async #form(context: PageContext) {
    const { kit } = this.#options;
    const signedIn = await kit.signedIn(context);
    const { fields } = await kit.form(context, signedIn === undefined ? "nobody" : purposeOf(signedIn.person));
    // A form for nobody is never shown, so somebody is signed in.
    return { signedIn: signedIn as NonNullable<typeof signedIn>, fields };
  }

  async #questionsOf(person: string) {
    const { store, clientName } = this.#options;
    const open = await store.approvals.openOf(person);
    return Promise.all(
      open.map(async ({ id, client, shown }) => ({
        id,
        title: String(shown.question).split("\n", 1)[0] ?? "",
        client: await clientName(client),
      })),
    );
  }

  async #clientsOf(person: string) {
    const { store, clientName } = this.#options;
    const [grants, consents] = await Promise.all([store.oidc.grantsOf(person), store.consents.of(person)]);
    const hostOf = (client: string) => consents.find((one) => one.client === client)?.redirectHost ?? "";
    const ofClients = new Map(grants.map((grant) => [grant.client, grant]));
    return Promise.all(
      [...ofClients.values()].map(async ({ client, createdAtMs }) => ({
        id: client,
        name: await clientName(client),
        redirectHost: hostOf(client),
        sinceMs: createdAtMs,
        lastUsedAtMs: (await store.clients.find(client))?.usedAtMs,
      })),
    );
  }
}

const purposeOf = ({ id }: KnownPerson) => `me ${id}`;
