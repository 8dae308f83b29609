import { withParameters } from "../pages/page-parts.js";
import type { PageContext } from "../web/page-kit.js";

/** What was just done, in sentences. An address tells the name alone, so that no link can make a page say anything else. */
const DONE = {
  synced: "The groups were read at Okta just now.",
  revoked: "The access was ended. The program has to ask again.",
  browser: "The browser was signed out.",
  signed_out: "All of this person’s sessions and programs were ended.",
  blocked: "The person is blocked. Everything they had here has ended.",
  unblocked: "The block was lifted. The person has to sign in anew.",
  erased: "The person’s data was erased.",
  invited: "The person may sign in from now on.",
  uninvited: "The invitation was taken back.",
  client_ended: "All access of the client was ended.",
  client_blocked: "The client is blocked. Everything it had has ended.",
  client_unblocked: "The block was lifted. The client has to ask again.",
} as const;

type Done = keyof typeof DONE;

/** The address of a page that says what was just done. */
export const sayingDone = (address: string, done: Done): string => withParameters(address, { done });

/** What was just done, as a page that was asked for says it. */
export function doneIn(context: PageContext): string | undefined {
  const name = context.req.query("done");
  return name !== undefined && Object.hasOwn(DONE, name) ? DONE[name as Done] : undefined;
}
