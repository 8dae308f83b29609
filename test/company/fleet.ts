import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import type { Org } from "../../sandbox/org.js";
import { orgAuthorization } from "../../sandbox/org-authorization.js";
import { type Sandbox, startSandbox } from "../../sandbox/server.js";
import type { Store } from "../../src/store/open-store.js";
import { clientOf } from "../support/company-client.js";
import { appKey } from "../support/company-tokens.js";
import { type Balancer, type BalancerKind, startBalancer } from "./balancer.js";
import { type Database, dataDirOf, postgresDatabase, sqliteDatabase } from "./database.js";
import { Instance, type InstanceOptions } from "./instance.js";
import type { Act } from "./row.js";
import { type Fixture, signInAhead } from "./signed-in.js";

const SECRET = "s".repeat(40);
const GROUP = "okta-mcp-helpdesk";
const DIRECTORY = { client_id: "0oadirectory00000000", private_key_file: "directory.pem", key_id: "directory" };
const DIRECTORY_SCOPES = ["okta.users.read", "okta.groups.read", "okta.apps.read"];
const READERS = "okta-mcp-readers";
const MORE_SCOPES = ["okta.policies.read"];
const SCOPES = ["okta.users.manage", "okta.groups.manage", "okta.logs.read"];

export interface FleetOptions {
  database: "PostgreSQL" | "SQLite";
  /** 3 by default. More than one need PostgreSQL. */
  instances?: number;
  /** Without one, clients reach the first instance. */
  balancer?: BalancerKind;
  /** The people of the org; all of them may do everything that the role may. 20 by default. */
  people?: number;
  /** How many of them are signed in when the instances start. By default all. */
  signedIn?: number;
  /** True for admin pages, whose admins all people are. */
  hasAdmins?: boolean;
  /** Members of `leaving` in serve.json, where a directory app asks the org about people. */
  directory?: Record<string, unknown>;
  /** True for a second role, whose group has nobody in it at first. It has further tools. */
  hasReaders?: boolean;
  /** Members of `store` in serve.json besides those that lead to the database. */
  store?: Record<string, unknown>;
  /** Members of serve.json that replace those of the fleet's own. */
  serve?: Record<string, unknown>;
  /** What one instance has besides, by its number. */
  each?: (number: number, folder: string) => Partial<Pick<InstanceOptions, "aheadMs" | "nodeFlags" | "env" | "wrap">>;
  /** Fills the store before the instances start. */
  arrange?: (store: Store, fixture: Fixture) => Promise<void>;
}

/** Instances of a company's server over one database and one org, behind a balancer. */
export interface Fleet {
  sandbox: Sandbox;
  org: Org;
  database: Database;
  instances: readonly Instance[];
  /** The address at which clients reach them. */
  publicUrl: string;
  logins: readonly string[];
  /** The people who are signed in, and their tokens. */
  fixture: Fixture;
  client: ReturnType<typeof clientOf>;
  folder: string;
}

export const loginOf = (number: number) => `person${number}@acme-robotics.example`;

/** Starts an org, a database, instances and a balancer. They end with the scenario. */
export async function startFleet(act: Act, options: FleetOptions): Promise<Fleet> {
  const { instances: count = 3, people = 20, signedIn = people } = options;
  const folder = temporaryFolder(act);
  const ports = await freePorts(count + 1);
  const [publicPort = 0, ...own] = options.balancer === undefined ? [ports[0], ...ports] : ports;
  const publicUrl = `http://127.0.0.1:${publicPort}`;
  const logins = Array.from({ length: people }, (_, number) => loginOf(number));
  const sandbox = await startSandbox({
    seed: null,
    keepRequests: 200_000,
    authorization: (org: Org) => {
      populate(org, publicUrl, logins, options.hasReaders ?? false);
      return orgAuthorization()(org);
    },
  });
  act.atEnd(sandbox.close);
  const groupId = (name: string) => sandbox.org.groups.all().find(({ profile }) => profile.name === name)?.id;
  const group = groupId(GROUP) ?? "";
  const folders = Array.from({ length: count }, (_, number) => folderOf(folder, number));
  const [first = folder] = folders;
  const database =
    options.database === "SQLite"
      ? sqliteDatabase(dataDirOf(first))
      : await postgresDatabase(dataDirOf(first), options.store ?? {});
  act.atEnd(() => database.cluster?.end());
  const settings = {
    public_url: publicUrl,
    trusted_proxies: ["127.0.0.1"],
    data_dir: "data",
    okta: { org_url: sandbox.origin, client_id: WEB_CLIENT_ID, client_secret_file: "secret" },
    roles: [
      { name: "helpdesk", groups: [group], scopes: SCOPES },
      ...(options.hasReaders ? [{ name: "readers", groups: [groupId(READERS)], scopes: MORE_SCOPES }] : []),
    ],
    ...(options.hasAdmins && { admins: { groups: [group] } }),
    ...(options.directory && { directory: DIRECTORY, leaving: options.directory }),
    limits: { calls_at_once: 200, calls_at_once_in_all: 2_000, oauth_per_address: 1_000_000 },
    log: { level: "info" },
    ...database.serve,
    ...options.serve,
  };
  const directoryKey = options.directory && appKey(DIRECTORY.key_id);
  if (directoryKey !== undefined) {
    const app = { id: DIRECTORY.client_id, type: "service", auth: "private_key_jwt" } as const;
    addOAuthApp(sandbox.org, { ...app, jwks: directoryKey.jwks as never, scopes: DIRECTORY_SCOPES });
  }
  const instances = folders.map((own_folder, number) => {
    const port = own[number] ?? 0;
    const serve = { ...settings, listen: { host: "127.0.0.1", port } };
    writeFileSync(join(own_folder, "serve.json"), JSON.stringify(serve, null, 2), { mode: 0o600 });
    writeFileSync(join(own_folder, "secret"), SECRET, { mode: 0o600 });
    if (directoryKey !== undefined) {
      writeFileSync(join(own_folder, DIRECTORY.private_key_file), directoryKey.pem, { mode: 0o600 });
    }
    return new Instance({ folder: own_folder, port, ...options.each?.(number, own_folder) });
  });
  const store = await database.open("server");
  const issue = (login: string) =>
    sandbox.authorization.control.issueFrom(undefined, {
      clientId: WEB_CLIENT_ID,
      login,
      scopes: [...SCOPES, "offline_access"],
    });
  const fixture = await signInAhead(store, {
    people: logins.slice(0, signedIn),
    org: sandbox.org,
    orgUrl: sandbox.origin,
    publicUrl,
    group,
    scopes: SCOPES,
    issue,
  }).finally(() => options.arrange ?? store.close());
  if (options.arrange !== undefined) await options.arrange(store, fixture).finally(() => store.close());
  for (const other of folders.slice(1)) shareKeys(first, other);
  for (const instance of instances) {
    act.atEnd(() => instance.isRunning && instance.end("SIGKILL"));
    await instance.start();
  }
  if (options.balancer !== undefined) {
    const inFront: Balancer = await startBalancer({
      kind: options.balancer,
      folder,
      port: publicPort,
      ports: instances.map(({ port }) => port),
    });
    act.atEnd(inFront.close);
  }
  const { control } = sandbox.authorization;
  const client = clientOf(publicUrl, control.autoSignIn);
  return { sandbox, org: sandbox.org, database, instances, publicUrl, logins, fixture, client, folder };
}

/** A folder that is removed with the scenario, and at the latest with this process. */
function temporaryFolder(act: Act): string {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-company-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  act.atEnd(() => {
    process.off("exit", remove);
    remove();
  });
  return folder;
}

function populate(org: Org, publicUrl: string, logins: readonly string[], hasReaders: boolean): void {
  const members = logins.map((login, number) =>
    org.addUser({ profile: { login, email: login, firstName: "Person", lastName: `Number ${number}` } }),
  );
  org.addGroup({ profile: { name: GROUP } }, members);
  if (hasReaders) org.addGroup({ profile: { name: READERS } }, []);
  addOAuthApp(org, {
    redirectUris: [`${publicUrl}/auth/sso/callback/okta`],
    secret: SECRET,
    scopes: [...SCOPES, ...MORE_SCOPES],
    groupsClaim: { filter: "STARTS_WITH", value: "okta-mcp-", lists: "id" },
  });
}

function folderOf(folder: string, number: number): string {
  const own = join(folder, `instance-${number + 1}`);
  mkdirSync(dataDirOf(own), { recursive: true, mode: 0o700 });
  return own;
}

/** Gives an instance the keys of another one. All instances need the same. */
function shareKeys(from: string, to: string): void {
  const name = "data-keys.json";
  if (existsSync(join(dataDirOf(from), name))) cpSync(join(dataDirOf(from), name), join(dataDirOf(to), name));
}

/** Ports of this machine that nothing listens on, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
