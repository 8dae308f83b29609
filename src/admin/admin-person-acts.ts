import { ADMIN_SECTIONS, personPath } from "../pages/admin-frame.js";
import { isAdminIn } from "../people/admin-schema.js";
import { NobodyElseLeft } from "../store/stored-endings.js";
import type { KnownPerson } from "../store/stored-people.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import type { AdminHere } from "../web/admin-access.js";
import type { PageContext } from "../web/page-kit.js";
import type { PageRoutes } from "../web/web-server.js";
import { type ActQuestion, addAdminAct } from "./admin-acts.js";
import { sayingDone } from "./admin-done.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { personIn } from "./admin-people.js";
import { addAdminPost, labelOf, textIn } from "./admin-routes.js";
import { syncGroups } from "./sync-groups.js";

const PERSON_PATH = `${ADMIN_SECTIONS.people.path}/:id`;

/** Adds what an admin can do about a person. */
export function addPersonActs(app: PageRoutes, options: AdminPagesOptions): void {
  addSmallActs(app, options);
  addSignOut(app, options);
  addBlock(app, options);
  addErase(app, options);
}

const pageOf = (context: PageContext) => personPath(context.req.param("id") ?? "");

/** What ends one thing, or reads. */
function addSmallActs(app: PageRoutes, options: AdminPagesOptions): void {
  const { store, departures, groupSync } = options;
  addAdminPost(app, options, {
    path: `${PERSON_PATH}/sync`,
    page: pageOf,
    async run({ context, record }) {
      const person = await personIn(context, options);
      await syncGroups(groupSync, person, record);
      return sayingDone(personPath(person.id), "synced");
    },
  });
  addAdminPost(app, options, {
    path: `${PERSON_PATH}/revoke`,
    page: pageOf,
    async run({ context, fields, by }) {
      const { id } = await personIn(context, options);
      const client = textIn(fields.client, 2_000);
      if (client !== undefined) await departures.endClient(client, { ...by, why: "admin" }, id);
      return sayingDone(personPath(id), "revoked");
    },
  });
  addAdminPost(app, options, {
    path: `${PERSON_PATH}/end-browser`,
    page: pageOf,
    async run({ context, fields, record }) {
      const { id } = await personIn(context, options);
      const handle = textIn(fields.handle);
      if (handle !== undefined) {
        await store.sessions.endOf(id, handle);
        await record({ action: "end_browser", target: id, outcome: "done" });
      }
      return sayingDone(personPath(id), "browser");
    },
  });
}

/** A question about a person. */
function about(person: KnownPerson, question: Omit<ActQuestion, "section" | "back">): ActQuestion {
  return { section: "people", back: { path: personPath(person.id), name: labelOf(person) }, ...question };
}

const ENDS =
  "Their programs lose access at once, their browsers are signed out, changes that wait for them are dropped, and their tokens at Okta are revoked.";

function addSignOut(app: PageRoutes, options: AdminPagesOptions): void {
  addAdminAct(app, options, {
    path: `${PERSON_PATH}/sign-out`,
    async ask(context) {
      const person = await personIn(context, options);
      return about(person, {
        title: `Sign ${labelOf(person)} out everywhere?`,
        effects: [ENDS, "They may sign in again at once, and let their programs in anew."],
        yes: "Sign out everywhere",
        isDanger: true,
      });
    },
    async run({ context, by }) {
      const { id } = await personIn(context, options);
      await options.departures.end(id, { ...by, cause: "admin", detail: { act: "sign_out" } });
      return sayingDone(personPath(id), "signed_out");
    },
  });
}

function addBlock(app: PageRoutes, options: AdminPagesOptions): void {
  const { departures } = options;
  addAdminAct(app, options, {
    path: `${PERSON_PATH}/block`,
    async ask(context, admin) {
      const person = await personIn(context, options);
      await refuseLastAdmin(options, person, admin);
      return about(person, {
        title: `Block ${labelOf(person)}?`,
        effects: [
          ENDS,
          "They cannot sign in here again until an admin lifts the block, whatever groups they are in.",
          "Nothing changes at Okta: to take their account away, deactivate them there.",
        ],
        yes: "Block",
        isDanger: true,
      });
    },
    async run({ context, by, admin }) {
      const person = await personIn(context, options);
      const { id } = person;
      const othersIn = groupsToKeep(options, person, admin);
      await departures
        .end(id, { ...by, cause: "admin", status: "blocked", detail: { act: "block" }, othersIn })
        .catch(asRefusal);
      return sayingDone(personPath(id), "blocked");
    },
  });
  addAdminAct(app, options, {
    path: `${PERSON_PATH}/unblock`,
    async ask(context) {
      const person = await personIn(context, options);
      return about(person, {
        title: `Let ${labelOf(person)} in again?`,
        effects: [
          "They may sign in again, with the roles that their groups give.",
          "What was ended stays ended: their programs have to ask them again.",
        ],
        yes: "Lift the block",
        isDanger: false,
      });
    },
    async run({ context, by }) {
      const { id } = await personIn(context, options);
      await departures.lift(id, by);
      return sayingDone(personPath(id), "unblocked");
    },
  });
}

function addErase(app: PageRoutes, options: AdminPagesOptions): void {
  addAdminAct(app, options, {
    path: `${PERSON_PATH}/erase`,
    async ask(context, admin) {
      const person = await personIn(context, options);
      await refuseLastAdmin(options, person, admin);
      const login = labelOf(person);
      return about(person, {
        title: `Erase the data of ${login}?`,
        effects: [
          ENDS,
          "Name, login, e-mail address and groups are erased here. Both records keep what was done, without what tells who it was.",
          "This cannot be undone. Somebody who signs in again at Okta is a new person here: to keep them out, block them in place of this.",
        ],
        typed: { value: login, what: "their login" },
        yes: "Erase",
        isDanger: true,
      });
    },
    async run({ context, by, admin }) {
      const person = await personIn(context, options);
      await options.erasure.erase(person.id, by, groupsToKeep(options, person, admin)).catch(asRefusal);
      return sayingDone(ADMIN_SECTIONS.people.path, "erased");
    },
  });
}

/**
 * The groups in one of which an admin has to be left when the access of a person ends, so that somebody can still look
 * after the server. Undefined where nobody has to: the person is no admin, or whoever ends it came by a link of the
 * machine and can come in again.
 */
function groupsToKeep({ admins }: AdminPagesOptions, person: KnownPerson, admin: AdminHere) {
  const settings = admins();
  if (settings === undefined || admin.kind === "break_glass" || person.status !== "active") return undefined;
  return isAdminIn(settings, person.groups) ? settings.groups : undefined;
}

/**
 * Tells an admin before they are asked that this is the last one. The transaction that ends the access looks once more.
 * @throws SignInFailure last_admin
 */
async function refuseLastAdmin(options: AdminPagesOptions, person: KnownPerson, admin: AdminHere): Promise<void> {
  const groups = groupsToKeep(options, person, admin);
  if (groups !== undefined && !(await options.store.peopleLists.hasOthersIn(groups, person.id))) throw lastAdmin();
}

function asRefusal(error: unknown): never {
  throw error instanceof NobodyElseLeft ? lastAdmin() : error;
}

function lastAdmin(): SignInFailure {
  return new SignInFailure(
    "last_admin",
    "This is the last admin: nobody else who has signed in is in a group of admins.",
    "Have another admin sign in to these pages first, then do it. In an emergency whoever runs the server opens the pages by a link of its machine.",
  );
}
