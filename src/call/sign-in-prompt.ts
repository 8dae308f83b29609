import { setTimeout as delay } from "node:timers/promises";
import type { PendingSignIn, Session } from "../auth/session.js";
import { foreignLinkWarning, signInCheck, signInData, signInTarget } from "../auth/sign-in-words.js";
import { OktaMcpError } from "../errors/index.js";
import { untilAborted } from "../net/waiting.js";
import { broughtAnswer } from "./brought-answer.js";
import { type Answer, InputNeeded, type Resumed } from "./input-needed.js";
import type { Seals, Subject } from "./seals.js";

/** A link for a person to open. */
export interface Link {
  url: string;
  message: string;
}

/** Asks the client to show a link (URL elicitation); `done` settles when the link has served. */
export type ShowLink = (link: Link, done: Promise<void>) => Promise<Answer>;

/** The ways to show a link to a person. */
export interface LinkChannels {
  /** `later` where the caller can show a link and cannot hold the call meanwhile. */
  showLink?: ShowLink | "later" | undefined;
  /** Opens the system's browser. True when one was started. */
  openBrowser?: ((url: string) => Promise<boolean>) | undefined;
  /** Reports the present wait to the client as long as it lasts. */
  waiting?: (<T>(what: string, until: Promise<T>) => Promise<T>) | undefined;
}

/** A caller whose call waits for a sign-in. */
export interface SigningIn extends LinkChannels {
  signal: AbortSignal;
  /** The answers and the state from an earlier round of the call. */
  resumed?: Resumed | undefined;
  seals: Seals;
}

/** What came of a link that a client was to show. `opened`: the person has it, and has not signed in after a while. */
type ThroughClient = "signed_in" | "opened" | "not_shown";

const WAITED = "Waiting for a person to sign in to Okta";

/** The words of the error of a call that is cancelled while it waits. */
const LEFT = ["The call", "while it waited for the sign-in"] as const;

const NEEDS_SIGN_IN: ReadonlySet<string> = new Set(["signed_out", "sign_in_pending", "session_ended"]);

/** The ends of a sign-in that its calls are told of. Any other end is none of the person's doing. */
const ENDED: ReadonlySet<string> = new Set(["login_denied", "login_expired"]);

/**
 * Brings sign-ins before a person, each once however many calls wait for it.
 * One for each session, since it remembers what was shown.
 */
export class SignInPrompt {
  readonly #shown = new WeakMap<PendingSignIn, Promise<Answer>>();
  readonly #opened = new WeakMap<PendingSignIn, Promise<boolean>>();
  readonly #watched = new WeakSet<PendingSignIn>();
  /** The last sign-in that a person did not want or left, and its end for the calls that wait for it. */
  #ended: { url: string; error: OktaMcpError } | undefined;

  /**
   * Resolves when the session has a token. Where nobody is signed in and a person can, the
   * sign-in is started: a client with URL elicitation shows the link and the call waits for the
   * person; otherwise the browser is opened where there is one and the call answers at once. A link
   * that leads elsewhere than to the org is only told, with a warning: neither opened here nor given
   * to a client that opens it with a click.
   * A call that brings the answer to a link is told how that sign-in ended, rather than given another link.
   * @throws OktaMcpError sign_in_pending (with the link), login_denied, login_expired, and what the session throws;
   * InputNeeded where the caller shows the link later
   */
  async ensureSignedIn(session: Session, caller: SigningIn, call: Pick<Subject, "tool" | "args">): Promise<void> {
    const { signal } = caller;
    try {
      await session.token(signal);
      return;
    } catch (error) {
      const asksPerson = session.method === "device" || session.method === "code";
      const signIn = error instanceof OktaMcpError && NEEDS_SIGN_IN.has(error.code) && asksPerson;
      if (!signIn) throw error;
    }
    const ended = this.#ended;
    if (ended !== undefined && (await this.#answered(ended.url, caller, call))) throw ended.error;
    const pending = await session.startSignIn(signal);
    this.#watch(pending);
    const warning = foreignLinkWarning(pending);
    const shown = warning === undefined ? await this.#throughClient(pending, caller, call) : "not_shown";
    if (shown === "signed_in") return;
    const opened = warning === undefined && shown === "not_shown" && (await this.#throughBrowser(pending, caller));
    const present = shown === "opened" ? "The person has the link" : "A person has to open the link";
    const { verificationUriComplete: link } = pending;
    const hasCode = pending.userCode !== "";
    const first = warning === undefined ? "" : "this warning, ";
    const seen = hasCode
      ? "the link, the code, and the names of org and app"
      : "the link, and the names of API and app";
    const look = hasCode ? "compare the code and the names of org and app, approve" : "sign in there";
    throw new OktaMcpError(
      "sign_in_pending",
      `Nobody is signed in to ${signInTarget(pending)} yet. ${opened ? "A browser was opened" : present}: ` +
        `${link} - ${signInCheck(pending)}.${warning === undefined ? "" : ` ${warning}`}`,
      {
        fix: `Give the person ${first}${seen}. Once they have approved, make the same call again; the sign-in goes on in the background.`,
        atTerminal: {
          fix: `${warning === undefined ? "Open" : "Mind the warning before you open"} the link, ${look}, and make the same call again.`,
        },
        data: signInData(pending),
      },
    );
  }

  /** Brings the link before the person through the client, and waits for the sign-in. */
  async #throughClient(
    pending: PendingSignIn,
    caller: SigningIn,
    call: Pick<Subject, "tool" | "args">,
  ): Promise<ThroughClient> {
    const { showLink, signal, waiting = (_what, until) => until } = caller;
    if (!showLink) return "not_shown";
    const { verificationUriComplete: url } = pending;
    const check = signInCheck(pending);
    const end = pending.userCode === "" ? "" : "; if it shows another, close it";
    const message = `Sign in to ${signInTarget(pending)}. ${check.charAt(0).toUpperCase()}${check.slice(1)}${end}.`;
    if (showLink === "later") return this.#later(pending, { url, message }, caller, call);
    let shown = this.#shown.get(pending);
    if (!shown) {
      shown = showLink({ url, message }, pending.done);
      this.#shown.set(pending, shown);
    }
    const done = pending.done.then(() => "done" as const);
    const first = await waiting(WAITED, untilAborted(Promise.race([done, shown]), signal, ...LEFT));
    if (first === "done") return "signed_in";
    this.#refuseDeclined(pending, first);
    if (first !== "accepted") return "not_shown";
    await waiting(WAITED, untilAborted(done, signal, ...LEFT));
    return "signed_in";
  }

  /**
   * Takes the answer that the caller brings back, and waits for the sign-in for a while.
   * @throws InputNeeded with the link where it brings none that counts; OktaMcpError login_denied
   */
  async #later(
    pending: PendingSignIn,
    link: Link,
    { resumed, seals, signal, waiting = (_what, until) => until }: SigningIn,
    call: Pick<Subject, "tool" | "args">,
  ): Promise<ThroughClient> {
    const subject = subjectOf(link.url, call);
    const { answer } = await broughtAnswer(resumed, "sign_in", seals, subject);
    if (answer === undefined)
      throw new InputNeeded([{ id: "sign_in", kind: "link", ...link }], await seals.issue(subject));
    this.#refuseDeclined(pending, answer);
    if (answer !== "accepted") return "not_shown";
    const timer = new AbortController();
    const opened = () => "opened" as const;
    const tooLong = delay(resumed?.signInWaitMs ?? 0, undefined, { signal: timer.signal }).then(opened, opened);
    const signedIn = Promise.race([pending.done.then(() => "signed_in" as const), tooLong]);
    try {
      return await waiting(WAITED, untilAborted(signedIn, signal, ...LEFT));
    } finally {
      timer.abort();
    }
  }

  /** True when a call brings the answer to this link. It counts once. */
  async #answered(url: string, { resumed, seals }: SigningIn, call: Pick<Subject, "tool" | "args">): Promise<boolean> {
    const { answer } = await broughtAnswer(resumed, "sign_in", seals, subjectOf(url, call));
    return answer !== undefined;
  }

  #watch(pending: PendingSignIn): void {
    if (this.#watched.has(pending)) return;
    this.#watched.add(pending);
    pending.done.catch((error: unknown) => {
      if (error instanceof OktaMcpError && ENDED.has(error.code)) this.#ends(pending, error);
    });
  }

  #ends({ verificationUriComplete: url }: PendingSignIn, error: OktaMcpError): void {
    this.#ended = { url, error };
  }

  /** Stops a sign-in that the person does not want. @throws OktaMcpError login_denied */
  #refuseDeclined(pending: PendingSignIn, answer: Answer): void {
    if (answer !== "declined" && answer !== "cancelled") return;
    const error = new OktaMcpError("login_denied", "The person did not want to open the sign-in link.", {
      atTerminal: { message: "You did not want to open the sign-in link." },
    });
    this.#ends(pending, error);
    pending.cancel();
    throw error;
  }

  #throughBrowser(pending: PendingSignIn, { openBrowser }: LinkChannels): Promise<boolean> {
    if (!openBrowser) return Promise.resolve(false);
    const opened = this.#opened.get(pending) ?? openBrowser(pending.verificationUriComplete).catch(() => false);
    this.#opened.set(pending, opened);
    return opened;
  }
}

/** A link in a call. It is shown before anybody is signed in. */
function subjectOf(url: string, call: Pick<Subject, "tool" | "args">): Subject {
  return { use: "link", principal: undefined, ...call, state: url };
}
