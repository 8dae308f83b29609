import { OktaMcpError } from "../errors/index.js";
import { type CheckContext, directoryApp } from "./check-context.js";
import { refusedScopes } from "./check-service-apps.js";
import { about, type Finding } from "./finding.js";

const ABOUT = "people who leave";

/** What the app assignment is read with. */
const ASSIGNMENT_SCOPE = "okta.apps.read";

/**
 * Says by which ways this server learns that somebody has left, and how long their access may outlast it where each is
 * the one at work.
 */
export async function checkLeaving(context: CheckContext): Promise<Finding[]> {
  const { content, publicUrl } = context;
  const { ok, note } = about(ABOUT);
  const { leaving } = content;
  const hooks = leaving.event_hook_secret_files.length;
  const findings = [
    leaving.global_token_revocation
      ? ok(
          `Seconds where Okta tells by itself: Universal Logout ends everything of a person at ${publicUrl}/okta/global-token-revocation. Okta sends it once it is set at the app (Sign On or Authentication > Logout, Signed JWT), which cannot be seen from here.`,
        )
      : note("Universal Logout is turned off (leaving.global_token_revocation)."),
    hooks > 0
      ? ok(
          `Seconds after a deactivation, a suspension, and a removal from the app or a group, once an event hook of Okta sends its events to ${publicUrl}/okta/events with the secret of leaving.event_hook_secret_files.`,
        )
      : note(
          "No event hook tells that somebody has left.",
          "Make a secret (openssl rand -hex 32), name its file in leaving.event_hook_secret_files, and create the hook in the Admin Console: Workflow > Event Hooks.",
        ),
  ];
  return [...findings, ...(await pollOf(context)), ok(lastly(context))];
}

async function pollOf(context: CheckContext): Promise<Finding[]> {
  const { ok, note, unknown } = about(ABOUT);
  const { poll_seconds: seconds, max_age_minutes: minutes } = context.content.leaving;
  const directory = directoryApp(context);
  if (directory === undefined || seconds === 0) {
    return [
      note(
        directory === undefined
          ? "No directory app asks Okta about people."
          : "The directory app asks nothing by itself.",
        directory === undefined
          ? "Add a directory app (directory) with okta.users.read, okta.groups.read and okta.apps.read."
          : "Set leaving.poll_seconds to 300.",
      ),
    ];
  }
  const told = ok(
    `At most ${seconds} seconds without any of them: the directory app asks Okta about all who have something here or called within a day. While Okta does not answer nobody loses anything, and after ${minutes} minutes nobody writes.`,
  );
  if (context.content.okta.client_id === undefined) return [told];
  const refused = await refusedScopes(context, directory, [ASSIGNMENT_SCOPE]);
  if (refused instanceof OktaMcpError) return [told, unknown(refused.message, refused.fix)];
  if (refused.length === 0) return [told];
  return [
    told,
    note(
      `The directory app lacks ${ASSIGNMENT_SCOPE}, so that a removal from the app is not seen by it.`,
      "Grant it in the Admin Console: Applications > the directory app > Okta API Scopes.",
    ),
  ];
}

/** How long access lasts where nothing else tells. */
function lastly({ content: { sign_in } }: CheckContext): string {
  switch (sign_in) {
    case "proxy":
      return "Ten minutes in any case: then a client renews its token, and Okta is asked with the person's own refresh token.";
    case "native":
      return "Until the token of the client ends in any case: its life is set in the access policy of the authorization server.";
    case "introspect":
    case "bearer":
      return "At once in any case, as Okta is asked about the token at each request (or tokens.cache_seconds later).";
  }
}
