import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { calculateJwkThumbprint, type JWK } from "jose";
import { expect, onTestFinished } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { type Sandbox, startSandbox } from "../../sandbox/server.js";
import { isObject } from "../../src/json/json.js";
import { testAuthorization } from "./authorization.js";
import { runCli, temporaryFolder } from "./cli.js";

/** A request that changed the org of a recording. `id` and `created` belong to the object that it made. */
interface RecordedWrite {
  method: string;
  path: string;
  body?: unknown;
  id?: string;
  created?: string;
}

interface RecordedOrg {
  origin: string;
  setup: RecordedWrite[];
  looks: string[];
  writes: RecordedWrite[];
}

/** A change as `okta-mcp journal --json` prints it. */
export interface ShownChange {
  id: string;
  tool: string;
  outcome: string;
  target?: string;
  ids?: string[];
  undone_by?: string[];
  [more: string]: unknown;
}

export interface Shown {
  status: { org: string; client_id: string; user: string; granted_scopes: string[] };
  changes: ShownChange[];
}

/** The sign-in of a recording, as its token file has it. */
export interface KeptSignIn {
  orgUrl: string;
  clientId: string;
  refreshToken: string;
  askedScopes: string[];
  proofKey: JWK;
}

/** Returns the files that an older build kept. `build` is a folder of `test/fixtures/states`. */
export function keptBy(build: string) {
  const folder = fileURLToPath(new URL(`../fixtures/states/${build}`, import.meta.url));
  const textOf = (file: string) => readFileSync(join(folder, file), "utf8");
  const dataFiles = readdirSync(join(folder, "data"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "data").length + 1));
  const tokenFile = dataFiles.find((file) => file.startsWith("tokens")) ?? "";
  return {
    folder,
    textOf,
    /** The paths of the files, relative to `data`. */
    dataFiles,
    org: JSON.parse(textOf("org.json")) as RecordedOrg,
    shown: JSON.parse(textOf("shown.json")) as Shown,
    signIn: JSON.parse(textOf(join("data", tokenFile))) as KeptSignIn,
  };
}

/** Returns the names of the files for an org and a client. The rule is repeated here, because it may never change. */
export function namesOf(orgUrl: string, clientId: string) {
  const hash = createHash("sha256").update(`${orgUrl}\n${clientId}`).digest("hex");
  const host = new URL(orgUrl).host.replace(":", "_");
  return {
    tokens: join("tokens", `${hash.slice(0, 32)}.json`),
    journal: join("journal", `${host}-${hash.slice(0, 12)}`, "changes.jsonl"),
  };
}

/** Returns the settings that the person of a sign-in had. */
export function settingsOf({ orgUrl, clientId, askedScopes }: KeptSignIn) {
  return {
    OKTA_ORG_URL: orgUrl,
    OKTA_CLIENT_ID: clientId,
    OKTA_SCOPES: askedScopes.filter((scope) => scope.startsWith("okta.")).join(" "),
    OKTA_MCP_TOKEN_STORE: "file",
  };
}

/** Writes a file with the command's own modes. The command reads no file that other users could have written. */
export function writePrivately(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}

/**
 * Opens an org in the state of the recorded one, and a home folder with the files of the older build. A sandbox makes
 * its own address, ids and times of creation. So the recorded ones are replaced in every place, and nothing else in the
 * files is.
 */
export async function openKeptState(build: string) {
  const kept = keptBy(build);
  const sandbox = await startSandbox({ seed: null, authorization: testAuthorization({ deviceIntervalSeconds: 0 }) });
  onTestFinished(sandbox.close);
  sandbox.org.groups.add({ type: "BUILT_IN", profile: { name: "Everyone", description: "All users" } });
  sandbox.org.addUser({ profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" } });
  sandbox.org.groupAttributes.set("region", { title: "Region", type: "string" });
  const replaced = new Map([[kept.org.origin, sandbox.origin]]);
  const translate = (text: string) => [...replaced].reduce((all, [old, now]) => all.replaceAll(old, now), text);
  const send = await senderOf(sandbox, kept.shown.status.granted_scopes);

  async function replay(writes: readonly RecordedWrite[]): Promise<void> {
    for (const { method, path, body, id, created } of writes) {
      const { status, json } = await send(
        method,
        translate(path),
        body === undefined ? body : translate(JSON.stringify(body)),
      );
      expect(status, `${method} ${path} ${JSON.stringify(json)}`).toBeLessThan(300);
      if (id !== undefined) replaced.set(id, String(json.id));
      if (created !== undefined) replaced.set(created, String(json.created ?? json.createdDate));
    }
  }
  const look = () =>
    Promise.all(kept.org.looks.map(async (path) => lasting((await send("GET", translate(path))).json)));

  await replay(kept.org.setup);
  const before = await look();
  await replay(kept.org.writes);
  const home = temporaryFolder();
  const { tokens, journal } = namesOf(sandbox.origin, kept.signIn.clientId);
  for (const file of kept.dataFiles) {
    const path = join(home, "data/okta-mcp", file.startsWith("tokens") ? tokens : journal);
    writePrivately(path, translate(kept.textOf(join("data", file))));
  }
  const { refreshToken, askedScopes: scopes, proofKey } = kept.signIn;
  const boundTo = await calculateJwkThumbprint(proofKey);
  sandbox.authorization.control.adoptSignIn({ refreshToken, scopes, boundTo });

  const env = { HOME: home, ...settingsOf({ ...kept.signIn, orgUrl: sandbox.origin }) };
  /** Runs the command as a person does after an update. Returns what the command prints, parsed from JSON. */
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], { env });
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  return { kept, sandbox, home, env, run, translate, before, look };
}

/** Returns a function that sends requests to an org as its admin. */
async function senderOf(sandbox: Sandbox, scopes: readonly string[]) {
  const token = await sandbox.authorization.control.issueAccessToken(scopes);
  return async (method: string, path: string, body?: string) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(sandbox.origin + path, { method, headers, ...(body !== undefined && { body }) });
    const text = await response.text();
    return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
  };
}

/** The names of the members that differ if the same object is made once more. */
const PASSING =
  /^(id|errorId|_links|_embedded|created|createdDate|lastUpdated?|.*Changed|activated|lastMembershipUpdated)$/;

/** Returns an object without its id and times. */
function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([name]) => !PASSING.test(name));
  return Object.fromEntries(entries.map(([name, inner]) => [name, lasting(inner)]));
}
