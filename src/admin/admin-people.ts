import { ADMIN_SECTIONS } from "../pages/admin-frame.js";
import { ADMIN_ROLE, adminPeoplePage, type RoleReason } from "../pages/admin-people-page.js";
import { adminPersonPage, type PersonPage } from "../pages/admin-person-page.js";
import { withParameters } from "../pages/page-parts.js";
import { isAdminIn } from "../people/admin-schema.js";
import { rolesOf } from "../people/roles.js";
import type { AuditEntry } from "../store/audit.js";
import type { KnownPerson, PersonStatus } from "../store/stored-people.js";
import type { PageContext } from "../web/page-kit.js";
import type { PageRoutes } from "../web/web-server.js";
import { doneIn } from "./admin-done.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { type AdminRequest, addAdminPage, labelOf, nothingHere, textIn } from "./admin-routes.js";

const PEOPLE_PATH = ADMIN_SECTIONS.people.path;
const PERSON_PATH = `${PEOPLE_PATH}/:id`;
const PAGE_PEOPLE = 50;
/** The programs and browsers of one person that are shown. Nobody has more of them and looks through all. */
const MOST_SHOWN = 100;
const EVENTS = 10;

const STATUSES: readonly PersonStatus[] = ["active", "blocked", "gone"];

/** The person that a path names. @throws SignInFailure not_found_here */
export async function personIn(
  context: PageContext,
  { store }: Pick<AdminPagesOptions, "store">,
): Promise<KnownPerson> {
  const person = await store.people.find(context.req.param("id") ?? "");
  if (person === undefined) throw nothingHere("This person");
  return person;
}

/** Adds the list of people, and the page about one of them. */
export function addAdminPeople(app: PageRoutes, options: AdminPagesOptions): void {
  addAdminPage(app, options, PEOPLE_PATH, (frame, { context }) => listPage(options, frame, context));
  addAdminPage(app, options, PERSON_PATH, async (frame, request) =>
    adminPersonPage(frame, await personPage(options, request)),
  );
}

/** The roles of somebody, each with their groups that give it. */
function reasonsOf({ roles }: AdminPagesOptions, { groups }: KnownPerson): RoleReason[] {
  return rolesOf(roles(), groups).map((role) => ({
    name: role.name,
    groups: groups.filter((id) => role.groups.has(id)),
  }));
}

const isAdmin = ({ admins }: AdminPagesOptions, { groups }: KnownPerson) =>
  isAdminIn(admins() ?? { groups: [] }, groups);

async function listPage(
  options: AdminPagesOptions,
  frame: Parameters<typeof adminPeoplePage>[0],
  context: PageContext,
) {
  const { store, roles, admins } = options;
  const { status, ...query } = context.req.query();
  const begins = textIn(query.begins, 100);
  const standing = STATUSES.find((one) => one === status);
  const role = textIn(query.role, 100);
  const after = textIn(query.after, 2_000);
  const groupsOfRole = role === ADMIN_ROLE ? admins()?.groups : roles().find(({ name }) => name === role)?.groups;
  const { rows, next } = await store.peopleLists.page({
    begins,
    status: standing,
    groups: role === undefined ? undefined : [...(groupsOfRole ?? [])],
    after,
    size: PAGE_PEOPLE,
  });
  const clients = await store.peopleLists.clientCounts(rows.map(({ id }) => id));
  const people = rows.map((person) => ({
    id: person.id,
    label: labelOf(person),
    name: person.name,
    standing: person.status,
    isAdmin: isAdmin(options, person),
    roles: reasonsOf(options, person),
    clients: clients.get(person.id) ?? 0,
    seenAtMs: person.seenAtMs,
  }));
  const address = withParameters(PEOPLE_PATH, { begins, status: standing, role });
  return adminPeoplePage(frame, {
    people,
    filters: { begins, standing, role },
    roleNames: roles().map(({ name }) => name),
    pages: { address, isFirst: after === undefined, next, count: people.length },
    done: doneIn(context),
  });
}

async function personPage(options: AdminPagesOptions, { context, csrf }: AdminRequest): Promise<PersonPage> {
  const { store, clientNames, groupSync } = options;
  const person = await personIn(context, options);
  const { id } = person;
  const [grants, apis, browsers, approvals, events, canSync] = await Promise.all([
    store.accessLists.grants({ person: id, size: MOST_SHOWN }),
    store.upstream.apisOf(id),
    store.accessLists.browsers({ person: id, size: MOST_SHOWN }),
    store.approvals.openOf(id),
    store.audit.page({ about: id, limit: EVENTS }),
    groupSync.canSync(person),
  ]);
  const labels = await store.peopleLists.labels(events.flatMap(({ actor }) => actor ?? []));
  const nameOf = await clientNames(grants.rows.map(({ client }) => client));
  const path = `${PEOPLE_PATH}/${id}`;
  return {
    id,
    label: labelOf(person),
    standing: person.status,
    isAdmin: isAdmin(options, person),
    roles: reasonsOf(options, person),
    known: knownOf(person),
    groups: person.groups,
    groupsAtMs: person.groupsAtMs,
    createdAtMs: person.createdAtMs,
    seenAtMs: person.seenAtMs,
    clients: grants.rows.map(({ client, redirectHosts, sinceMs, usedAtMs }) => ({
      id: client,
      name: nameOf(client),
      redirectHosts,
      sinceMs,
      usedAtMs,
    })),
    apis,
    browsers: browsers.rows,
    openApprovals: approvals.length,
    events: events.map((event) => ({
      atMs: event.atMs,
      what: inWords(event),
      outcome: event.outcome,
      by: event.actor === undefined ? "somebody unknown" : (labels.get(event.actor) ?? event.actor),
    })),
    canSync,
    done: doneIn(context),
    csrf: { sync: csrf(`${path}/sync`), revoke: csrf(`${path}/revoke`), browser: csrf(`${path}/end-browser`) },
  };
}

function knownOf({
  name,
  department,
  title,
  email,
  emailVerified,
  id,
  issuer,
  subject,
}: KnownPerson): PersonPage["known"] {
  return [
    ["Name", name],
    ["Department", department],
    ["Title", title],
    ["E-mail", email && `${email}${emailVerified ? "" : " (not verified at Okta)"}`],
    ["Known to Okta as", `${subject} of ${issuer}`],
    ["Id here", id],
  ];
}

function inWords({ action, detail }: AuditEntry): string {
  const code = detail?.code ?? detail?.why;
  return typeof code === "string" ? `${action} (${code})` : action;
}
