import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { array } from "zod";
import type { CustomServer } from "../../sandbox/custom-server.js";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import type { OAuthAppOptions } from "../../sandbox/oauth-app.js";
import type { Org } from "../../sandbox/org.js";
import type { LoadedApi } from "../../src/apis/loaded-api.js";
import { startCompanyServer } from "../../src/cli/company/company-server.js";
import { readCompanyApis } from "../../src/cli/company/load-company-apis.js";
import { createLog } from "../../src/log.js";
import { createHttpClient } from "../../src/net/http-client.js";
import type { PublicFetch } from "../../src/net/public-fetch.js";
import { loadRoles } from "../../src/people/load-roles.js";
import { roleSchema } from "../../src/people/role-schema.js";
import { readServeApps } from "../../src/people/serve-apps.js";
import type { ServeFile } from "../../src/people/serve-fields.js";
import { serveFileSchema } from "../../src/people/serve-schema.js";
import { loadResources } from "../../src/resources/load-resources.js";
import type { ResourceFiles } from "../../src/resources/resource-files.js";
import { openStore } from "../../src/store/open-store.js";
import type { PostgresSettings } from "../../src/store/postgres-settings.js";
import { startBalancer } from "./balancer.js";
import { clientOf } from "./company-client.js";
import { startCompany } from "./company-org.js";
import { freePort } from "./free-port.js";
import { newDatabase } from "./postgres.js";

export { freePort };

const SECRET = "s".repeat(40);

/** A role as serve.json has it. Without `groups` it belongs to a group of its own, whose members are `members`. */
export interface TestRole {
  name: string;
  /** Logins of people; Ada alone by default. */
  members?: string[];
  groups?: string[];
  scopes: string[];
  [member: string]: unknown;
}

export interface CompanyWebOptions {
  /** Members of serve.json that replace those of the test's own; a function is told the address of the org. */
  serve?: Record<string, unknown> | ((origin: string) => Record<string, unknown>);
  /** The custom authorization servers of the org. */
  customServers?: (publicUrl: string) => readonly CustomServer[];
  app?: OAuthAppOptions;
  roles?: readonly TestRole[];
  /** Admins with a group of their own, whose members are `members` (logins); other members are those of `admins`. */
  admins?: { members: string[]; [member: string]: unknown };
  arrange?: (org: Org, publicUrl: string) => void;
  /** Files in the folder of serve.json, by name. */
  files?: Record<string, string>;
  /** The way to the documents of clients, in place of the one to public addresses. */
  fetchDocument?: PublicFetch;
  /** By default SQLite. A test with PostgreSQL calls `requirePostgres` first, and may name a database of its own. */
  database?: "postgresql" | PostgresSettings;
  /**
   * The number of servers, each with its own connections to the one database, which is then PostgreSQL. The address of
   * the company gives each request to the next one.
   */
  instances?: number;
}

const DEFAULT_ROLES: readonly TestRole[] = [{ name: "helpdesk", scopes: ["okta.users.read", "okta.groups.manage"] }];

/** A log of lines, which shows them where the test fails. */
function rememberingLog() {
  const lines: string[] = [];
  const stderr = { write: (line: string | Uint8Array) => lines.push(String(line)) > 0 };
  onTestFinished((context) => {
    if (context.task.result?.state === "fail") console.log(lines.join(""));
  });
  return { lines, log: createLog({ level: "debug", stderr }) };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-web-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const groupName = ({ name }: TestRole) => `okta-mcp-${name}`;

const ADMINS = "okta-mcp-admins";

/** `admins` of serve.json, with the id of the group. */
function adminsEntry({ admins }: CompanyWebOptions, org: Org) {
  if (admins === undefined) return {};
  const { members: _, ...rest } = admins;
  const own = org.groups.all().filter(({ profile }) => profile.name === ADMINS);
  return { admins: { groups: own.map(({ id }) => id), ...rest } };
}

/** A database as serve.json names it. */
export function storeMembers({ host, port, database, user, poolSize }: PostgresSettings): Record<string, unknown> {
  return { kind: "postgresql", host, port, database, user, pool_size: poolSize };
}

/** The roles with the ids of their groups. */
function roleEntries(roles: readonly TestRole[], org: Org) {
  return roles.map((role) => {
    const { members: _, ...entry } = role;
    const own = org.groups.all().filter(({ profile }) => profile.name === groupName(role));
    return { ...entry, groups: role.groups ?? own.map(({ id }) => id) };
  });
}

/** Starts the org, with a web app for the server at an address and a group for each role. */
function startOrg(options: CompanyWebOptions, roles: readonly TestRole[], publicUrl: string) {
  return startCompany({
    app: {
      redirectUris: [`${publicUrl}/auth/sso/callback/okta`],
      secret: SECRET,
      scopes: [...new Set(roles.flatMap(({ scopes }) => scopes))],
      groupsClaim: { filter: "STARTS_WITH", value: "okta-mcp-", lists: "id" },
      ...options.app,
    },
    ...(options.customServers && { authorization: { customServers: options.customServers(publicUrl) } }),
    arrange(org) {
      options.arrange?.(org, publicUrl);
      const named = (logins: readonly string[]) => logins.flatMap((login) => org.users.findByLogin(login) ?? []);
      if (options.admins !== undefined) org.addGroup({ profile: { name: ADMINS } }, named(options.admins.members));
      for (const role of roles.filter(({ groups }) => groups === undefined)) {
        org.addGroup({ profile: { name: groupName(role) } }, named(role.members ?? [ADMIN_LOGIN]));
      }
    },
  });
}

function publicUrlOf({ serve }: CompanyWebOptions, port: number): string {
  const fixed = typeof serve === "function" ? undefined : serve;
  return String(fixed?.public_url ?? `http://127.0.0.1:${port}`).replace(/\/$/, "");
}

async function databaseOf({ database, instances = 1 }: CompanyWebOptions): Promise<PostgresSettings | undefined> {
  if (typeof database === "object") return database;
  return database === undefined && instances === 1 ? undefined : newDatabase();
}

function putFiles(folder: string, { files }: CompanyWebOptions): void {
  for (const [name, text] of Object.entries({ secret: SECRET, ...files }))
    writeFileSync(join(folder, name), text, { mode: 0o600 });
}

function appsOf(content: ServeFile, file: string) {
  return readServeApps(content, file, (path, problem) => {
    throw new Error(`${path.join(".")} ${problem}`);
  });
}

interface Places {
  publicUrl: string;
  port: number;
  folder: string;
  postgres: PostgresSettings | undefined;
}

/** The content of serve.json. */
function contentOf(
  options: CompanyWebOptions,
  roles: readonly TestRole[],
  { origin, org }: Awaited<ReturnType<typeof startOrg>>,
  { publicUrl, port, folder, postgres }: Places,
): ServeFile {
  return serveFileSchema().parse({
    ...(postgres && { store: storeMembers(postgres) }),
    public_url: publicUrl,
    listen: { host: "127.0.0.1", port },
    data_dir: folder,
    okta: { org_url: origin, client_id: WEB_CLIENT_ID, client_secret_file: "secret" },
    roles: roleEntries(roles, org),
    ...adminsEntry(options, org),
    ...(typeof options.serve === "function" ? options.serve(origin) : options.serve),
  });
}

/** The texts of the settings, each with its file. */
function textsOf({ resources, roles }: ServeFile, settingsFile: string): ResourceFiles {
  const names = new Set(roles.map(({ name }) => name));
  return loadResources(resources, { settingsFile, roles: names }, (path, problem) => {
    throw new Error(`resources.${path.join(".")} ${problem}`);
  });
}

/** The APIs of the settings, with their documents. */
async function apisOf(content: ServeFile, file: string): Promise<readonly LoadedApi[]> {
  const read = await readCompanyApis({ content, file, roles: [] });
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  return read.apis;
}

/**
 * Starts an org with a web app, and the server of a company in front of it. People sign in through real pages.
 */
export async function startCompanyWeb(options: CompanyWebOptions = {}) {
  const roles = options.roles ?? DEFAULT_ROLES;
  const [port, folder] = [await freePort(), temporaryFolder()];
  const publicUrl = publicUrlOf(options, port);
  const company = await startOrg(options, roles, publicUrl);
  putFiles(folder, options);
  const isBalanced = (options.instances ?? 1) > 1;
  const postgres = await databaseOf(options);
  const content = contentOf(options, roles, company, { publicUrl, port, folder, postgres });
  const file = join(folder, "serve.json");
  const load = (entries: unknown) => {
    const loaded = loadRoles(array(roleSchema()).parse(entries), file);
    if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
    return loaded.roles;
  };
  let current = load(content.roles);
  let live = content;
  let texts = textsOf(content, file);
  const apps = appsOf(content, file);
  const loadedApis = await apisOf(content, file);
  const { lines, log } = rememberingLog();
  const openOne = async () => {
    const opened = await openStore({ dir: join(folder, "data"), postgres, log, now: company.clock.now });
    onTestFinished(() => opened.close());
    return opened;
  };
  const store = await openOne();
  const start = async (listen: { host: string; port: number }, public_url = content.public_url, own = store) => {
    const server = await startCompanyServer({
      content: { ...content, public_url, listen },
      current: () => ({ ...live, public_url, listen }),
      file,
      roles: () => current,
      resources: () => texts,
      apps,
      loadedApis,
      store: own,
      version: "0.0.0",
      log,
      fetch: createHttpClient(),
      ...(options.fetchDocument === undefined ? {} : { fetchDocument: options.fetchDocument }),
      now: company.clock.now,
    });
    onTestFinished(() => server.close());
    return server;
  };
  const local = { host: "127.0.0.1", port: 0 };
  const server = await start(isBalanced ? local : content.listen);
  const instances = [{ store, server }];
  while (instances.length < (options.instances ?? 1)) {
    const own = await openOne();
    instances.push({ store: own, server: await start(local, content.public_url, own) });
  }
  const balancer = isBalanced ? await startBalancer(port, () => instances.map((one) => one.server.address)) : undefined;
  return {
    company,
    publicUrl,
    content,
    loadedApis,
    folder,
    store,
    log,
    lines,
    server,
    /** All servers, each with its own store of the one database. */
    instances,
    /** What gives each request to the next server; undefined where there is one. */
    balancer,
    /** Starts one more instance over the same database, at a port of its own. With PostgreSQL it has its own store. */
    anotherInstance: async () => start(local, content.public_url, postgres === undefined ? store : await openOne()),
    /** Starts one more server over the same store, at an address of its own. */
    async anotherAddress() {
      const own = await freePort();
      const address = `http://127.0.0.1:${own}`;
      await start({ host: "127.0.0.1", port: own }, address);
      return address;
    },
    /** Gives the running server other roles. */
    changeRoles(next: readonly TestRole[]) {
      current = load(roleEntries(next, company.org));
    },
    /** Gives the running server other settings of those that may change while it runs. */
    changeSettings(next: Partial<typeof content>) {
      live = { ...live, ...next };
      texts = textsOf(live, file);
    },
    ...clientOf(publicUrl, company.control.autoSignIn),
  };
}

/** The running parts of a company under test. */
export type CompanyWeb = Awaited<ReturnType<typeof startCompanyWeb>>;
