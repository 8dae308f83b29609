import {
  type AccessClient,
  adminAccessPage,
  adminBrowsersPage,
  adminClientPage,
  type ClientPage,
} from "../pages/admin-access-page.js";
import { ADMIN_SECTIONS, clientPath } from "../pages/admin-frame.js";
import type { ListedClient } from "../store/access-lists.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import type { PageContext } from "../web/page-kit.js";
import type { PageRoutes } from "../web/web-server.js";
import { type ActQuestion, addAdminAct } from "./admin-acts.js";
import { doneIn, sayingDone } from "./admin-done.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { type AdminRequest, addAdminPage, addAdminPost, nothingHere, textIn } from "./admin-routes.js";

const ACCESS_PATH = ADMIN_SECTIONS.access.path;
const BROWSERS_PATH = `${ACCESS_PATH}/browsers`;
const REVOKE_PATH = `${ACCESS_PATH}/revoke`;
const END_BROWSER_PATH = `${BROWSERS_PATH}/end`;
const PAGE_ROWS = 50;

/** Adds the lists of clients and browsers, the page about one client, and what can be done about them. */
export function addAccessPages(app: PageRoutes, options: AdminPagesOptions): void {
  addAdminPage(app, options, ACCESS_PATH, async (frame, { context }) => {
    const after = textIn(context.req.query("after"), 2_000);
    const { rows, next } = await options.store.accessLists.clients({ after, size: PAGE_ROWS });
    const clients = [...(after === undefined ? await unusedOf(options) : []), ...(await named(options, rows))];
    const pages = { address: ACCESS_PATH, isFirst: after === undefined, next, count: clients.length };
    return adminAccessPage(frame, { clients, pages, tokensFrom: options.tokensFrom, done: doneIn(context) });
  });
  addAdminPage(app, options, `${ACCESS_PATH}/client`, async (frame, request) =>
    adminClientPage(frame, await clientPage(options, request)),
  );
  addAdminPage(app, options, BROWSERS_PATH, async (frame, { context, csrf }) => {
    const after = textIn(context.req.query("after"), 2_000);
    const { rows, next } = await options.store.accessLists.browsers({ after, size: PAGE_ROWS });
    return adminBrowsersPage(frame, {
      browsers: rows.map(({ login, ...row }) => ({ ...row, label: login ?? row.person })),
      pages: { address: BROWSERS_PATH, isFirst: after === undefined, next, count: rows.length },
      done: doneIn(context),
      csrf: csrf(END_BROWSER_PATH),
    });
  });
  addSmallActs(app, options);
  addClientActs(app, options);
}

async function named({ clientNames }: AdminPagesOptions, clients: readonly ListedClient[]): Promise<AccessClient[]> {
  const nameOf = await clientNames(clients.map(({ id }) => id));
  return clients.map((client) => ({ ...client, name: nameOf(client.id) }));
}

/** The clients of serve.json that nobody has used yet, which therefore are not in the store. */
async function unusedOf({ current, store }: AdminPagesOptions): Promise<AccessClient[]> {
  const { clients } = current();
  const stored = await store.accessLists.names(clients.map(({ client_id }) => client_id));
  return clients
    .filter(({ client_id }) => !stored.has(client_id))
    .map(({ client_id, name }) => unused(client_id, name));
}

const unused = (id: string, name: string): AccessClient => ({
  id,
  kind: "static",
  name,
  createdAtMs: undefined,
  usedAtMs: undefined,
  blockedAtMs: undefined,
  people: 0,
});

/** The client that an address names. @throws SignInFailure not_found_here */
async function clientIn(context: PageContext, options: AdminPagesOptions): Promise<AccessClient> {
  const id = textIn(context.req.query("id"), 2_000) ?? "";
  const stored = await options.store.accessLists.client(id);
  const [found] = stored === undefined ? [] : await named(options, [stored]);
  if (found !== undefined) return found;
  const listed = options.current().clients.find(({ client_id }) => client_id === id);
  if (listed === undefined) throw nothingHere("This client");
  return unused(id, listed.name);
}

async function clientPage(options: AdminPagesOptions, { context, csrf }: AdminRequest): Promise<ClientPage> {
  const client = await clientIn(context, options);
  const after = textIn(context.req.query("after"), 2_000);
  const { rows, next } = await options.store.accessLists.grants({ client: client.id, after, size: PAGE_ROWS });
  return {
    ...client,
    grants: rows.map(({ login, ...grant }) => ({ ...grant, label: login ?? grant.person })),
    pages: { address: clientPath(client.id), isFirst: after === undefined, next, count: rows.length },
    done: doneIn(context),
    csrf: csrf(REVOKE_PATH),
  };
}

function addSmallActs(app: PageRoutes, options: AdminPagesOptions): void {
  const { store, departures } = options;
  addAdminPost(app, options, {
    path: REVOKE_PATH,
    page: () => ACCESS_PATH,
    async run({ fields, by }) {
      const [client, person] = [textIn(fields.client, 2_000), textIn(fields.person)];
      if (client === undefined || person === undefined) return ACCESS_PATH;
      await departures.endClient(client, { ...by, why: "admin" }, person);
      return sayingDone(clientPath(client), "revoked");
    },
  });
  addAdminPost(app, options, {
    path: END_BROWSER_PATH,
    page: () => BROWSERS_PATH,
    async run({ fields, record }) {
      const [handle, id] = [textIn(fields.handle), textIn(fields.person)];
      const person = id === undefined ? undefined : await store.people.find(id);
      if (handle === undefined || person === undefined) return BROWSERS_PATH;
      await store.sessions.endOf(person.id, handle);
      await record({ action: "end_browser", target: person.id, outcome: "done" });
      return sayingDone(BROWSERS_PATH, "browser");
    },
  });
}

function about(client: AccessClient, question: Omit<ActQuestion, "section" | "back">): ActQuestion {
  return { section: "access", back: { path: clientPath(client.id), name: client.name }, ...question };
}

const whom = ({ people }: AccessClient) => (people === 1 ? "1 person" : `${people} people`);

function addClientActs(app: PageRoutes, options: AdminPagesOptions): void {
  const { store, departures } = options;
  addAdminAct(app, options, {
    path: `${ACCESS_PATH}/revoke-all`,
    async ask(context) {
      const client = await clientIn(context, options);
      return about(client, {
        title: `End all access of ${client.name}?`,
        effects: [
          `It loses access for ${whom(client)}, at once.`,
          "It may ask each of them again, and they may let it in anew. To prevent that, block it.",
        ],
        yes: "End all access",
        isDanger: true,
      });
    },
    async run({ context, record, by }) {
      const { id } = await clientIn(context, options);
      const people = await departures.endClient(id, { ...by, why: "admin" });
      await record({ action: "end_client", client: id, outcome: "done", detail: { people } });
      return sayingDone(clientPath(id), "client_ended");
    },
  });
  addAdminAct(app, options, {
    path: `${ACCESS_PATH}/block`,
    async ask(context) {
      const client = await clientIn(context, options);
      return about(client, {
        title: `Block ${client.name}?`,
        effects: [
          `It loses access for ${whom(client)}, at once.`,
          "It is refused from now on, whoever lets it in, until an admin lifts the block.",
          ...(client.kind === "static"
            ? []
            : ["The same program may come back under another id: registration in serve.json says who may."]),
        ],
        yes: "Block",
        isDanger: true,
      });
    },
    async run({ context, by }) {
      const { id, kind, name, createdAtMs } = await clientIn(context, options);
      // A client of serve.json that nobody has used yet has no row that could say it.
      if (createdAtMs === undefined) await store.clients.put({ id, kind, name, metadata: {}, endsAtMs: undefined });
      await departures.blockClient(id, { ...by, why: "admin" });
      return sayingDone(clientPath(id), "client_blocked");
    },
  });
  addAdminAct(app, options, {
    path: `${ACCESS_PATH}/unblock`,
    async ask(context) {
      const client = await clientIn(context, options);
      if (client.blockedAtMs === undefined) throw notBlocked();
      return about(client, {
        title: `Let ${client.name} in again?`,
        effects: ["It may ask people for access again. What was ended stays ended."],
        yes: "Lift the block",
        isDanger: false,
      });
    },
    async run({ context, record }) {
      const { id } = await clientIn(context, options);
      await store.clients.setBlocked(id, false);
      await store.news.publish({ about: "client", id });
      await record({ action: "unblock_client", client: id, outcome: "done" });
      return sayingDone(clientPath(id), "client_unblocked");
    },
  });
}

const notBlocked = () =>
  new SignInFailure("not_found_here", "This client is not blocked.", "Go back to its page, which shows how it stands.");
