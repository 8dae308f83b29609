import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { LiveSettings } from "../../src/people/live-settings.js";
import { type LoadedServe, loadServe } from "../../src/people/load-serve.js";

const pem = () =>
  String(newKeyPair({ type: "ec", namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }));

/** The content of serve.json whose tokens are introspected, and whose directory is asked. */
const CONTENT = {
  public_url: "https://mcp.acme.example",
  data_dir: "data",
  trusted_proxies: ["10.0.0.0/8"],
  okta: { org_url: "https://acme.okta.com" },
  sign_in: "introspect",
  tokens: {
    issuer: "https://acme.okta.com/oauth2/aus1",
    clients: ["0oaClient"],
    client_id: "0oaAsks",
    client_secret_file: "asks.secret",
  },
  directory: { client_id: "0oaReads", private_key_file: "reads.pem", key_id: "reads" },
  roles: [
    {
      name: "helpdesk",
      groups: ["00g1234567890"],
      scopes: ["okta.users.read"],
      act_as: "service",
      service: { client_id: "0oaRole", private_key_file: "role.pem", key_id: "role" },
    },
  ],
};

/** A folder with serve.json and the files that it names. */
function folderOf(files: Record<string, { text: string; mode?: number }> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-apps-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const all = {
    "asks.secret": { text: "a".repeat(40) },
    "reads.pem": { text: pem() },
    "role.pem": { text: pem() },
    ...files,
  };
  const put = (name: string, text: string, mode = 0o600) => writeFileSync(join(folder, name), text, { mode });
  for (const [name, { text, mode }] of Object.entries<{ text: string; mode?: number }>(all)) put(name, text, mode);
  return {
    put,
    load(change: Record<string, unknown> = {}): LoadedServe | { problems: string[] } {
      put("serve.json", JSON.stringify({ ...CONTENT, ...change }));
      return loadServe(join(folder, "serve.json"), { tools: [] });
    },
  };
}

function loadedOf(loaded: LoadedServe | { problems: string[] }): LoadedServe {
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  return loaded;
}

test("the apps of tokens and directory come with their secret and key, and okta may have none", () => {
  const { apps } = loadedOf(folderOf().load());
  expect(apps.okta).toBeUndefined();
  expect(apps.tokens).toMatchObject({ clientId: "0oaAsks", clientSecret: "a".repeat(40) });
  expect(apps.directory).toMatchObject({ clientId: "0oaReads", privateKey: { kid: "reads" } });
});

test.each<[string, Record<string, { text: string; mode?: number }>, Record<string, unknown>, string[]]>([
  [
    "files that are not there",
    {},
    {
      tokens: { ...CONTENT.tokens, client_secret_file: "gone.secret" },
      directory: { ...CONTENT.directory, private_key_file: "gone.pem" },
    },
    ["tokens.client_secret_file", "directory.private_key_file"],
  ],
  [
    "files that others may read",
    { "asks.secret": { text: "a".repeat(40), mode: 0o644 }, "reads.pem": { text: pem(), mode: 0o644 } },
    {},
    ["tokens.client_secret_file", "directory.private_key_file"],
  ],
  ["a file that is no key", { "reads.pem": { text: "no key" } }, {}, ["directory.private_key_file"]],
  [
    "a key without its id, and a secret in place of its file",
    {},
    {
      tokens: { ...CONTENT.tokens, client_secret_file: "s3cret".repeat(8) },
      directory: { client_id: "0oaReads", private_key_file: "reads.pem" },
    },
    ["tokens.client_secret_file", "directory.key_id"],
  ],
])("every mistake of them is named before anything starts: %s", (_, files, change, places) => {
  const loaded = folderOf(files).load(change);
  const problems = "problems" in loaded ? loaded.problems : [];
  expect(problems).toHaveLength(places.length);
  for (const [index, place] of places.entries()) expect(problems[index]).toContain(place);
  expect(problems.join("")).not.toMatch(/a{40}|s3cret/);
});

test("a new secret or key under the same name needs a restart, and is told", () => {
  const { load, put } = folderOf();
  const live = new LiveSettings(loadedOf(load()));
  expect(live.take(load())).toMatchObject({ changed: [], needRestart: [] });
  put("asks.secret", "b".repeat(40));
  put("reads.pem", pem());
  expect(live.take(load())).toMatchObject({
    changed: [],
    needRestart: [expect.stringMatching(/^tokens /), expect.stringMatching(/^directory /)],
  });
});

test("machines are a list of their own: they need not stand in tokens.clients, and somebody has to be able to call", () => {
  const { load } = folderOf();
  const { clients: _, ...tokens } = CONTENT.tokens;
  const machines = [{ client_id: "0oaRobot", role: "helpdesk" }];
  expect(loadedOf(load({ tokens, machines })).content.tokens?.clients).toEqual([]);
  const nobody = load({ tokens });
  expect("problems" in nobody && nobody.problems.join("")).toMatch(/tokens\.clients.* nobody could call/);
});
