import type { GrantEndings } from "../issuer/grant-endings.js";
import { mePage } from "../pages/me-page.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { SignInPages } from "./sign-in-pages.js";
import type { PageRoutes } from "./web-server.js";

export interface MePagesOptions {
  kit: PageKit;
  signIn: SignInPages;
  endings: GrantEndings;
  store: Store;
  roles(): readonly Role[];
  /** The name of a client for people. */
  clientName(clientId: string): Promise<string>;
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
    const { kit, signIn, roles } = this.#options;
    const signedIn = await kit.signedIn(context);
    if (signedIn === undefined) return signIn.beginFor(context, "/me");
    const { person } = signedIn;
    const page = mePage({
      org: kit.org,
      login: person.login ?? person.id,
      roles: rolesOf(roles(), person.groups).map(({ name }) => name),
      clients: await this.#clientsOf(person.id),
      csrf: kit.formToken(context, "me"),
    });
    return kit.page(context, page);
  }

  async #revoke(context: PageContext): Promise<Response> {
    const { kit, endings } = this.#options;
    const { fields } = await kit.form(context, "me");
    const signedIn = await kit.signedIn(context);
    const { client } = fields;
    if (signedIn !== undefined && typeof client === "string") {
      await endings.endClient(signedIn.person.id, client);
      await kit.record(context, { actor: signedIn.person.id, action: "revoke", client, outcome: "done" });
    }
    return kit.redirect(context, "/me");
  }

  async #signOut(context: PageContext): Promise<Response> {
    const { kit, store, endings } = this.#options;
    await kit.form(context, "me");
    const signedIn = await kit.signedIn(context);
    if (signedIn !== undefined) {
      const { id } = signedIn.person;
      await endings.endAll(id);
      await store.sessions.endOf(id);
      await kit.record(context, { actor: id, action: "sign_out_everywhere", outcome: "done" });
    }
    kit.forgetSession(context);
    return kit.redirect(context, "/me");
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
