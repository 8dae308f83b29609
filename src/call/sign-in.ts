import type { PendingSignIn, Session } from "../auth/session.js";
import { foreignLinkWarning, signInData, signInTarget } from "../auth/sign-in-words.js";
import { OktaMcpError } from "../errors/index.js";
import type { Answer } from "./confirm.js";

/** A link that a person is to open. */
export interface Link {
  url: string;
  message: string;
}

/** The ways in which a caller can bring a link before a person. */
export interface LinkChannels {
  /** Asks the client to show the link (URL elicitation); `done` settles when the link has served. */
  showLink?: ((link: Link, done: Promise<void>) => Promise<Answer>) | undefined;
  /** Opens the system's browser. True when one was started. */
  openBrowser?: ((url: string) => Promise<boolean>) | undefined;
  /** Lets the client know what is being waited for, as long as it is. */
  waiting?: (<T>(what: string, until: Promise<T>) => Promise<T>) | undefined;
}

const NEEDS_SIGN_IN: ReadonlySet<string> = new Set(["signed_out", "sign_in_pending", "session_ended"]);

/**
 * Brings sign-ins before a person, each once however many calls wait for it.
 * One for each server, since it remembers what was shown.
 */
export class SignInPrompt {
  readonly #shown = new WeakMap<PendingSignIn, Promise<Answer>>();
  readonly #opened = new WeakMap<PendingSignIn, Promise<boolean>>();

  /**
   * Resolves when the session has a token. Where nobody is signed in and a person can, the device
   * grant is started: a client with URL elicitation shows the link and the call waits for the
   * person; otherwise the browser is opened where there is one and the call answers at once. A link
   * that leads elsewhere than to the org is only told, with a warning: neither opened here nor given
   * to a client that opens it with a click.
   * @throws OktaMcpError sign_in_pending (with the link), login_denied, login_expired, and what the session throws
   */
  async ensureSignedIn(session: Session, channels: LinkChannels, signal: AbortSignal): Promise<void> {
    try {
      await session.token(signal);
      return;
    } catch (error) {
      const signIn = error instanceof OktaMcpError && NEEDS_SIGN_IN.has(error.code) && session.method === "device";
      if (!signIn) throw error;
    }
    const pending = await session.startSignIn(signal);
    const warning = foreignLinkWarning(pending);
    if (warning === undefined && (await this.#throughClient(pending, channels, signal))) return;
    const opened = warning === undefined && (await this.#throughBrowser(pending, channels));
    const { verificationUriComplete: link, userCode: code } = pending;
    throw new OktaMcpError(
      "sign_in_pending",
      `Nobody is signed in to ${signInTarget(pending)} yet. ${opened ? "A browser was opened" : "A person has to open the link"}: ` +
        `${link} - the page must show the code ${code}.${warning === undefined ? "" : ` ${warning}`}`,
      {
        fix: `Give the person ${warning === undefined ? "" : "this warning, "}the link, the code, and the names of org and app. Once they have approved, make the same call again; the sign-in goes on in the background.`,
        data: signInData(pending),
      },
    );
  }

  /** True when the client showed the link and the person signed in; false where it cannot show one. */
  async #throughClient(pending: PendingSignIn, channels: LinkChannels, signal: AbortSignal): Promise<boolean> {
    const { showLink } = channels;
    if (!showLink) return false;
    let shown = this.#shown.get(pending);
    if (!shown) {
      const message = `Sign in to ${signInTarget(pending)}. The page must show the code ${pending.userCode}; if it shows another, close it.`;
      shown = showLink({ url: pending.verificationUriComplete, message }, pending.done);
      this.#shown.set(pending, shown);
    }
    const done = pending.done.then(() => "done" as const);
    const { waiting = (_what, until) => until } = channels;
    const waited = "Waiting for a person to sign in to Okta";
    const first = await waiting(waited, unlessAborted(Promise.race([done, shown]), signal));
    if (first === "done") return true;
    if (first === "declined" || first === "cancelled") {
      pending.cancel();
      throw new OktaMcpError("login_denied", "The person did not want to open the sign-in link.");
    }
    if (first !== "accepted") return false;
    await waiting(waited, unlessAborted(done, signal));
    return true;
  }

  #throughBrowser(pending: PendingSignIn, { openBrowser }: LinkChannels): Promise<boolean> {
    if (!openBrowser) return Promise.resolve(false);
    const opened = this.#opened.get(pending) ?? openBrowser(pending.verificationUriComplete).catch(() => false);
    this.#opened.set(pending, opened);
    return opened;
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () =>
      reject(new OktaMcpError("cancelled", "The call was cancelled while it waited for the sign-in."));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
