import type { PendingSignIn, Session } from "../auth/session.js";
import { foreignLinkWarning, signInTarget } from "../auth/sign-in-words.js";
import { momentInWords } from "../text/moment.js";
import { visible } from "../text/quote.js";
import { openBrowser } from "./browser.js";
import type { Io } from "./io.js";
import { startActivity } from "./person.js";

/** Shows a link to sign in with. It opens the link where `browser` is true and the link can be opened. */
export async function showLink(
  io: Io,
  link: { url: string; lines: readonly string[] },
  browser: boolean,
): Promise<void> {
  io.note();
  io.copyable(`  ${io.style("bold", visible(link.url))}`);
  for (const line of link.lines) io.note(`  ${visible(line)}`);
  io.note();
  if (browser && (await openBrowser(link.url, io.env))) io.note(io.style("dim", "A browser was opened with it."));
}

/**
 * Signs a person in: shows the link and its code, if it has one, and waits for the approval.
 * @throws OktaMcpError login_denied, login_expired, cancelled (Ctrl-C); the org's refusal
 */
export async function signIn(
  io: Io,
  session: Session,
  options: { browser: boolean; signal: AbortSignal },
): Promise<void> {
  const pending: PendingSignIn = await session.startSignIn(options.signal);
  const cancel = () => pending.cancel();
  options.signal.addEventListener("abort", cancel, { once: true });
  if (options.signal.aborted) cancel();
  const warning = foreignLinkWarning(pending);
  const hasCode = pending.userCode !== "";
  const how = hasCode ? "open this link and check that the page shows the same code" : "open this link on this machine";
  io.note(`To sign in to ${signInTarget(pending)}, ${how}:`);
  const ends = `ends ${momentInWords(pending.expiresAtMs, Date.now())}`;
  const code = hasCode ? `Code: ${pending.userCode}   (${ends})` : `It ${ends}.`;
  const lines = warning === undefined ? [code] : [code, warning];
  await showLink(io, { url: pending.verificationUriComplete, lines }, options.browser && warning === undefined);
  const activity = await startActivity(io, "Waiting for the approval in the browser; Ctrl-C cancels.");
  try {
    await pending.done;
  } finally {
    activity.stop();
    options.signal.removeEventListener("abort", cancel);
  }
}
