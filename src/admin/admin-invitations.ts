import { OktaMcpError } from "../errors/index.js";
import type { Invited } from "../operator/invite.js";
import { ADMIN_SECTIONS, personPath } from "../pages/admin-frame.js";
import { adminInvitationsPage } from "../pages/admin-invitations-page.js";
import type { Invitation } from "../store/invitations.js";
import type { KnownPerson } from "../store/stored-people.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import type { PageRoutes } from "../web/web-server.js";
import { doneIn, sayingDone } from "./admin-done.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { addAdminPage, addAdminPost, nothingHere, textIn } from "./admin-routes.js";

const PATH = ADMIN_SECTIONS.people.invitations;
const INVITE_PATH = `${PATH}/invite`;
const WITHDRAW_PATH = `${PATH}/withdraw`;
const PAGE_SIZE = 50;

/** An id at Okta looks like this, and no login does. */
const SUBJECT = /^00u[A-Za-z0-9]{10,40}$/;

export interface InvitationsOptions extends AdminPagesOptions {
  /** Invites somebody, whom Okta is asked about where a login is given. */
  invite(
    who: Invited,
    by: { by: string; ip: string | undefined; requestId: string },
  ): Promise<Invitation | KnownPerson>;
  /** Takes an invitation back. @returns false where there is none */
  uninvite(subject: string, by: { by: string; ip: string | undefined; requestId: string }): Promise<boolean>;
}

/** Adds the page on which people are let in before they were ever here. */
export function addAdminInvitations(app: PageRoutes, options: InvitationsOptions): void {
  const { store, current } = options;
  addAdminPage(app, options, PATH, async (frame, { context, csrf }) => {
    const after = textIn(context.req.query("after"), 100);
    const read = await store.invitations.page({ after, limit: PAGE_SIZE + 1 });
    const invitations = read.slice(0, PAGE_SIZE);
    const next = read.length > PAGE_SIZE ? invitations.at(-1)?.id : undefined;
    const labels = await store.peopleLists.labels(invitations.map(({ by }) => by));
    const { sign_on, directory } = current();
    return adminInvitationsPage(frame, {
      invitations: invitations.map((one) => ({ ...one, by: labels.get(one.by) ?? one.by })),
      isOpen: sign_on.auto_create,
      canFind: directory !== undefined,
      pages: { address: PATH, isFirst: after === undefined, next, count: invitations.length },
      done: doneIn(context),
      actions: { invite: INVITE_PATH, withdraw: WITHDRAW_PATH },
      csrf: { invite: csrf(INVITE_PATH), withdraw: csrf(WITHDRAW_PATH) },
    });
  });
  addAdminPost(app, options, {
    path: INVITE_PATH,
    page: () => PATH,
    async run({ fields, by }) {
      const who = textIn(fields.who, 200) ?? "";
      const done = await inWords(() => options.invite(SUBJECT.test(who) ? { subject: who } : { login: who }, by));
      return "endsAtMs" in done ? sayingDone(PATH, "invited") : personPath(done.id);
    },
  });
  addAdminPost(app, options, {
    path: WITHDRAW_PATH,
    page: () => PATH,
    async run({ fields, by }) {
      const subject = textIn(fields.subject, 100) ?? "";
      if (!(await options.uninvite(subject, by))) throw nothingHere("This invitation");
      return sayingDone(PATH, "uninvited");
    },
  });
}

/** A refusal of Okta's or ours, as a page says it. */
async function inWords<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof OktaMcpError)) throw error;
    throw new SignInFailure("not_found_here", error.message, error.fix ?? "Go back and try again.");
  }
}
