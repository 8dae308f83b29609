import { answeredPage, approvePage } from "../pages/approve-page.js";
import type { Store } from "../store/open-store.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { SignInPages } from "./sign-in-pages.js";
import type { PageRoutes } from "./web-server.js";

export interface ApprovePagesOptions {
  kit: PageKit;
  signIn: SignInPages;
  store: Pick<Store, "approvals">;
  /** The name of a client for people. */
  clientName(clientId: string): Promise<string>;
  /** Epoch milliseconds. */
  now(): number;
}

/** Whoever sees a change has typed in their password at Okta within this time. */
const MAX_AGE_SECONDS = 300;
/** The clocks of Okta and this server may differ by this much. */
const TOLERANCE_SECONDS = 60;
/** Whoever answers was shown the change, and no question lasts longer than this. */
const ANSWER_SECONDS = MAX_AGE_SECONDS + TOLERANCE_SECONDS + 600;

/** The page on which a person says yes or no to one exact change. */
export class ApprovePages {
  readonly #options: ApprovePagesOptions;

  constructor(options: ApprovePagesOptions) {
    this.#options = options;
  }

  addTo(app: PageRoutes): void {
    app.get("/approve/:id", (context) => this.#show(context));
    app.post("/approve/:id", (context) => this.#take(context));
  }

  async #show(context: PageContext): Promise<Response> {
    const { kit, signIn, store, clientName } = this.#options;
    const id = idIn(context);
    // What was answered may be seen again by whoever answered it, without another proof.
    const answered = await this.#answered(context, id);
    if (answered !== undefined) return answered;
    const person = await this.#signedInWithin(context, MAX_AGE_SECONDS + TOLERANCE_SECONDS);
    if (person === undefined) return signIn.beginFor(context, pathOf(id), MAX_AGE_SECONDS);
    const approval = await store.approvals.find(id, person.id);
    if (approval === undefined) throw noSuchApproval();
    const page = approvePage({
      org: kit.org,
      login: person.login ?? person.id,
      client: await clientName(approval.client),
      question: String(approval.shown.question),
      call: { tool: approval.tool, args: textIn(approval.shown.args) },
      action: pathOf(id),
      csrf: kit.formToken(context, purposeOf(id, person.id)),
      endsAtMs: approval.endsAtMs,
    });
    return kit.page(context, page);
  }

  async #take(context: PageContext): Promise<Response> {
    const { kit, store } = this.#options;
    const id = idIn(context);
    const person = await this.#signedInWithin(context, ANSWER_SECONDS);
    if (person === undefined) throw noSuchApproval();
    const { answer } = await kit.form(context, purposeOf(id, person.id));
    const yes = answer === "yes";
    const isFirst = await store.approvals.decide(id, person.id, yes ? "approved" : "denied");
    const approval = await store.approvals.find(id, person.id);
    if (approval === undefined) throw noSuchApproval();
    if (isFirst) {
      const { client, tool } = approval;
      const outcome = yes ? "done" : "refused";
      await kit.recorder(context)({
        actor: person.id,
        action: "approve",
        target: id,
        client,
        outcome,
        detail: { tool },
      });
    }
    return kit.redirect(context, pathOf(id));
  }

  /** The page of a question that the person has answered; undefined for every other. */
  async #answered(context: PageContext, id: string): Promise<Response | undefined> {
    const { kit, store } = this.#options;
    const person = await this.#signedInWithin(context, ANSWER_SECONDS);
    const approval = person && (await store.approvals.find(id, person.id));
    if (person === undefined || approval === undefined || approval.state === "open") return undefined;
    const { state: answer, shown } = approval;
    const login = person.login ?? person.id;
    return kit.page(context, answeredPage({ org: kit.org, login, question: String(shown.question), answer }));
  }

  async #signedInWithin(context: PageContext, seconds: number) {
    const signedIn = await this.#options.kit.signedIn(context);
    const isFresh = signedIn !== undefined && this.#options.now() - signedIn.atMs <= seconds * 1000;
    return isFresh ? signedIn.person : undefined;
  }
}

const textIn = (value: unknown) => (typeof value === "string" ? value : undefined);
const idIn = (context: PageContext) => context.req.param("id") ?? "";
const pathOf = (id: string) => `/approve/${encodeURIComponent(id)}`;
const purposeOf = (id: string, person: string) => `approve ${id} ${person}`;

function noSuchApproval(): SignInFailure {
  return new SignInFailure(
    "no_such_question",
    "There is no such question for you, or it was answered or has ended.",
    "Have the assistant make the call again; it gets a new link.",
  );
}
