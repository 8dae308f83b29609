import { OktaMcpError } from "../errors/index.js";
import { textAt } from "../json/json.js";
import type { Invitation } from "../store/invitations.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import { quoteOkta, visible } from "../text/quote.js";
import { type CheckContext, DIRECTORY_SCOPES, directoryApp } from "./check-context.js";

/** Whom to invite: by their login, which Okta is asked about, or by their id at Okta. */
export type Invited = { login: string } | { subject: string };

/** An id of a user at Okta. A login has other characters in it, or is shorter. */
const USER_ID = /^00u[A-Za-z0-9]{10,40}$/;

export interface InviteOptions {
  store: Pick<Store, "people" | "invitations" | "audit">;
  /** Who invites: the id of an admin, or the name of a command. */
  by: string;
  /** The address and the name of the request, where there is one. */
  origin?: { ip: string | undefined; requestId: string };
}

/**
 * Lets somebody sign in who was never here, where people have to be invited. Their right is that of their groups.
 * @returns the invitation; or the person, where they are known here and need none
 * @throws OktaMcpError bad_input, not_found, bad_config where no directory app can ask Okta, and what Okta refuses
 */
export async function invite(
  context: CheckContext,
  who: Invited,
  { store, by, origin }: InviteOptions,
): Promise<Invitation | KnownPerson> {
  const issuer = context.orgUrl;
  const { subject, login } = await found(context, who);
  const known = await store.people.findBySubject(issuer, subject);
  if (known !== undefined) return known;
  const invitation = await store.invitations.invite({ issuer, subject, login, by });
  await store.audit.add({ actor: by, action: "invite", target: subject, outcome: "done", ...origin });
  return invitation;
}

/** Takes an invitation back. @returns false where there is none */
export async function uninvite(
  subject: string,
  issuer: string,
  { store, by, origin }: InviteOptions,
): Promise<boolean> {
  const wasThere = await store.invitations.drop(issuer, subject);
  if (wasThere) {
    await store.audit.add({ actor: by, action: "invite_withdrawn", target: subject, outcome: "done", ...origin });
  }
  return wasThere;
}

async function found(context: CheckContext, who: Invited): Promise<{ subject: string; login: string | undefined }> {
  if ("login" in who) return atOkta(context, who.login);
  if (USER_ID.test(who.subject)) return { subject: who.subject, login: undefined };
  throw new OktaMcpError("bad_input", `${visible(who.subject)} is no id of a user at Okta.`, {
    fix: "The id begins with 00u and stands in the address of the user's page in the Admin Console.",
  });
}

async function atOkta(context: CheckContext, login: string): Promise<{ subject: string; login: string }> {
  const app = directoryApp(context);
  if (app === undefined) {
    throw new OktaMcpError(
      "bad_config",
      "Nothing here may ask Okta who has a login: serve.json names no directory app.",
      {
        fix: "Invite by the id at Okta (--id 00u…), which stands in the address of the user's page, or set directory.",
      },
    );
  }
  const { session, operations } = context.openApp(app, DIRECTORY_SCOPES);
  try {
    const user = await operations.users.getUser({ userId: login });
    const [id, name, status] = [textAt(user, "id"), textAt(user, "profile", "login"), textAt(user, "status")];
    // Okta also takes the part of a login before the @, which may be somebody else's than was meant.
    if (name.toLowerCase() !== login.toLowerCase() || !USER_ID.test(id)) throw nobody(login);
    if (status === "DEPROVISIONED" || status === "SUSPENDED") {
      throw new OktaMcpError("bad_input", `${quoteOkta(name)} is ${quoteOkta(status)} at Okta and cannot sign in.`, {
        fix: "Activate the user at Okta first.",
      });
    }
    return { subject: id, login: name };
  } catch (error) {
    throw error instanceof OktaMcpError && error.code === "not_found" ? nobody(login) : error;
  } finally {
    session.close();
  }
}

const nobody = (login: string) =>
  new OktaMcpError("not_found", `Okta has nobody with exactly the login ${visible(login)}.`, {
    fix: "Use the whole login, as in the user's profile, or --id with the id at Okta.",
  });
