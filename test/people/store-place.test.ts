import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadServe } from "../../src/people/load-serve.js";
import { storePlaceOf } from "../../src/people/store-place.js";

const CONTENT = {
  public_url: "https://mcp.acme.example",
  data_dir: "data",
  trusted_proxies: ["10.0.0.0/8"],
  okta: { org_url: "https://acme.okta.com", client_id: "0oa1", client_secret_file: "secret" },
  roles: [{ name: "helpdesk", groups: ["00g1234567890"], scopes: ["okta.users.read"] }],
};

/** Loads a serve.json with this member `store`, beside some files. */
function load(store: unknown, files: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  const serve = JSON.stringify({ ...CONTENT, ...(store === undefined ? {} : { store }) });
  for (const [name, text] of Object.entries({ secret: "s".repeat(40), "serve.json": serve, ...files })) put(name, text);
  return { loaded: loadServe(join(folder, "serve.json"), { tools: [] }), folder, put };
}

function placeOf(store: unknown, files: Record<string, string> = {}) {
  const { loaded, ...rest } = load(store, files);
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  return { ...storePlaceOf(loaded), ...rest };
}

const NAMED = { kind: "postgresql", host: "db.acme.example", database: "okta_mcp", user: "okta_mcp" };

test("a file without `store` keeps everything in data_dir, as before", () => {
  const { dir, folder, postgres } = placeOf(undefined);
  expect(dir).toBe(join(folder, "data"));
  expect(postgres).toBeUndefined();
  expect(placeOf({ kind: "sqlite" }).postgres).toBeUndefined();
});

test("a database elsewhere is reached by TLS, one of this machine without, unless the file says otherwise", () => {
  expect(placeOf(NAMED).postgres).toMatchObject({
    host: "db.acme.example",
    port: 5432,
    tls: { ca: undefined, own: undefined },
    poolSize: 10,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
    lockTimeoutMs: 5_000,
  });
  for (const host of ["127.0.0.1", "localhost", "::1", "/var/run/postgresql"]) {
    expect(placeOf({ ...NAMED, host }).postgres?.tls, host).toBeUndefined();
    expect(placeOf({ ...NAMED, host, tls: "verify" }).postgres?.tls, host).toBeDefined();
  }
  expect(placeOf({ ...NAMED, tls: "off" }).postgres?.tls).toBeUndefined();
  const files = { "ca.pem": "an authority", "own.pem": "a certificate", "own.key": "a key" };
  const withFiles = { ...NAMED, ca_file: "ca.pem", cert_file: "own.pem", key_file: "own.key" };
  expect(placeOf(withFiles, files).postgres?.tls).toEqual({
    ca: "an authority",
    own: { cert: "a certificate", key: "a key" },
  });
});

test("a changed password takes effect, and a file that is gone changes nothing", () => {
  const { postgres, put, folder } = placeOf({ ...NAMED, password_file: "db" }, { db: "first\n" });
  expect(postgres?.password()).toBe("first");
  put("db", "second\n");
  expect(postgres?.password()).toBe("second");
  rmSync(join(folder, "db"));
  expect(postgres?.password()).toBe("second");
  expect(JSON.stringify(postgres)).not.toContain("second");
});

test("one URL in a file says it all", () => {
  const url = (text: string) => placeOf({ kind: "postgresql", url_file: "db" }, { db: `${text}\n` }).postgres;
  const postgres = url("postgresql://okta%5fmcp:p%40ss@db.acme.example:6432/okta_mcp");
  expect(postgres).toMatchObject({ host: "db.acme.example", port: 6432, database: "okta_mcp", user: "okta_mcp" });
  expect(postgres?.password()).toBe("p@ss");
  expect(postgres?.tls).toBeDefined();
  expect(url("postgres://a@[::1]/b")).toMatchObject({ host: "::1", port: 5432, tls: undefined });
  expect(url("postgres://a@db/b?sslmode=require")?.tls).toBeDefined();
  expect(url("postgres://a@db/b?sslmode=disable")?.tls).toBeUndefined();
});

test.each<[string, unknown, RegExp]>([
  ["members of PostgreSQL without its kind", { host: "db", ca_file: "x" }, /store\.host is for kind postgresql/],
  ["no host", { kind: "postgresql", database: "a", user: "b" }, /store\.host is missing/],
  [
    "no database and no user",
    { kind: "postgresql", host: "a" },
    /store\.database is missing[\s\S]*store\.user is missing/,
  ],
  [
    "a URL beside its parts",
    { kind: "postgresql", url_file: "url", host: "a" },
    /store\.host is there beside url_file/,
  ],
  ["a key without its certificate", { ...NAMED, key_file: "url" }, /store\.cert_file is missing/],
  ["an authority without TLS", { ...NAMED, tls: "off", ca_file: "url" }, /store\.ca_file is there, but tls is off/],
  ["a password file that is not there", { ...NAMED, password_file: "nowhere" }, /store\.password_file .*no such file/],
  ["an authority that is not there", { ...NAMED, ca_file: "nowhere" }, /store\.ca_file .*no such file/],
  ["a file that is no URL", { kind: "postgresql", url_file: "letter" }, /store\.url_file .*no URL of the form/],
  ["a URL with a parameter", { kind: "postgresql", url_file: "url" }, /store\.url_file .*parameter options/],
  ["a URL without a database", { kind: "postgresql", url_file: "half" }, /store\.url_file .*lacks the host/],
  ["a misspelled member", { ...NAMED, poolsize: 3 }, /poolsize/],
  ["a pool of none", { ...NAMED, pool_size: 0 }, /store\.pool_size/],
])("%s is a mistake, told with its place and without a secret", (_, store, words) => {
  const files = {
    letter: "dear-secret",
    url: "postgresql://a:dear-secret@db/b?options=-c",
    half: "postgresql://a:dear-secret@db",
  };
  const { loaded } = load(store, files);
  const told = "problems" in loaded ? loaded.problems.join("\n") : "";
  expect(told).toMatch(words);
  expect(told).not.toContain("dear-secret");
});

test("a password that others can read is a mistake", () => {
  const { folder, put } = load(undefined);
  put("db", "first");
  chmodSync(join(folder, "db"), 0o644);
  put("serve.json", JSON.stringify({ ...CONTENT, store: { ...NAMED, password_file: "db" } }));
  expect(loadServe(join(folder, "serve.json"), { tools: [] })).toMatchObject({
    problems: [expect.stringMatching(/store\.password_file .*chmod 600/)],
  });
});
