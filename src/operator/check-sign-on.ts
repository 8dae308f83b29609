import type { CheckContext } from "./check-context.js";
import { about, type Finding } from "./finding.js";

/** Says who is let in, and what of signing in and out cannot be tried from here. */
export function checkSignOn(context: CheckContext): Finding[] {
  const { sign_on } = context.content;
  if (!sign_on.enabled) {
    return [
      about("sign-on").note("sign_on.enabled is false: nobody can sign in to pages, and nobody can be an admin."),
    ];
  }
  return [whoIsLetIn(context), ...breakGlass(context), ...signOut(context)];
}

function whoIsLetIn({ content: { sign_on, directory } }: CheckContext): Finding {
  const { auto_create, trusted_domains, second_factor } = sign_on;
  const { ok, note } = about("who is let in");
  const rules = [
    auto_create ? "whoever has the app in Okta and a role by a group" : "whoever was invited and has a role by a group",
    ...(trusted_domains.length === 0 ? [] : [`with a verified address at ${trusted_domains.join(", ")}`]),
    ...(second_factor ? ["by a sign-in with a second factor"] : []),
  ];
  const sentence = `Let in is ${rules.join(", ")}.`;
  if (auto_create || directory !== undefined) return ok(sentence);
  return note(`${sentence} Without a directory app people are invited by their id at Okta alone.`);
}

function breakGlass({ content: { sign_on } }: CheckContext): Finding[] {
  if (!sign_on.break_glass) return [];
  const address = `127.0.0.1:${sign_on.break_glass_port}`;
  return [
    about("break-glass").note(
      `Whoever may run commands as this user gets to the admin pages without Okta (okta-mcp serve admin-link, at ${address}). Set sign_on.break_glass to false where you do not need that.`,
    ),
  ];
}

function signOut({ content: { sign_on }, publicUrl }: CheckContext): Finding[] {
  if (sign_on.after_sign_out === undefined) return [];
  const address = `${publicUrl}${sign_on.after_sign_out}`;
  return [
    about("sign-out redirect URI").unknown(
      `Whether Okta sends people back to ${address} after a sign-out shows with the first one: Okta tells it to nobody who is not signed in.`,
      `Add exactly ${address} in the Admin Console: Applications > the app > General > Sign-out redirect URIs.`,
    ),
  ];
}
