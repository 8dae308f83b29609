import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { OrgAuthorizationOptions } from "../../sandbox/org-authorization.js";
import { startSandbox } from "../../sandbox/server.js";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { MASK } from "../../src/text/secrets.js";
import { testAuthorization } from "../support/authorization.js";
import { type CliResult, ROOT, runCli, startCli, temporaryFolder } from "../support/cli.js";
import { ALL_SCOPES } from "../support/client.js";
import { filesIn, linesOfPem, secret, sighting } from "../support/sightings.js";
import { speakTo } from "../support/stdio.js";

/** Fails where a secret appears in one of the texts, in any form. */
function expectNone(secrets: readonly string[], texts: { readonly [where: string]: string }): void {
  expect(sighting(secrets, texts)).toBeUndefined();
}

/** Opens an org. `env` logs at the most detailed level, and `wire` returns the secrets of all requests. */
async function openOrg(options: OrgAuthorizationOptions = {}) {
  const sandbox = await startSandbox({
    seed: null,
    authorization: testAuthorization({ autoApprove: true, deviceIntervalSeconds: 0, ...options }),
  });
  onTestFinished(sandbox.close);
  sandbox.org.addUser({ profile: { login: "ada.admin@acme-robotics.example", firstName: "Ada", lastName: "Admin" } });
  const home = temporaryFolder();
  const env = {
    HOME: home,
    OKTA_ORG_URL: sandbox.origin,
    OKTA_CLIENT_ID: DEVICE_CLIENT_ID,
    OKTA_SCOPES: ALL_SCOPES.join(" "),
    OKTA_LOG_LEVEL: "trace",
    OKTA_MCP_CONFIRM: "never",
    OKTA_MCP_TOKEN_STORE: "file",
    DEBUG: "*",
  };
  /** The secrets that requests have sent: tokens, codes, assertions and proofs. */
  const wire = () => {
    const names = ["refresh_token", "device_code", "client_assertion", "token", "code"];
    return [
      ...new Set(
        sandbox.requests.flatMap(({ body, headers }) => {
          const form = new URLSearchParams(body);
          const sent = names.map((name) => form.get(name));
          return [...sent, headers.authorization?.split(" ")[1], headers.dpop].filter((one) => typeof one === "string");
        }),
      ),
    ];
  };
  return { sandbox, org: sandbox.org, home, env, wire };
}

const said = (results: readonly CliResult[]) =>
  Object.fromEntries(
    results.flatMap(({ stdout, stderr }, n) => [
      [`stdout ${n}`, stdout],
      [`stderr ${n}`, stderr],
    ]),
  );

/** True for the path of a token file, which is the only place where a token may be. */
const isTokenFile = (path: string) => /\.json$/.test(path) && !/journal/.test(path);

describe("a secret that was planted", () => {
  test("in arguments of tools and fields of the org is in no result, error, log or journal", async () => {
    const { sandbox, org, home, env } = await openOrg();
    const token = await sandbox.authorization.control.issueAccessToken(ALL_SCOPES);
    const { privateKey } = newKeyPair({ type: "rsa", modulusLength: 2048 });
    const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
    const jwk = privateKey.export({ format: "jwk" });
    const planted = {
      password: secret("Password"),
      hash: secret("Hash"),
      salt: secret("Salt"),
      answer: secret("Answer"),
      clientSecret: secret("ClientSecret"),
      shared: secret("Shared"),
      api: secret("Api"),
      old: secret("OldSecret"),
      session: secret("Session"),
    };
    const secrets = [...Object.values(planted), ...linesOfPem(pem), String(jwk.d), String(jwk.p), token];
    writeFileSync(join(home, "domain.key"), pem, { mode: 0o600 });

    const app = org.addApp({
      label: "Keeper",
      signOnMode: "OPENID_CONNECT",
      credentials: {
        oauthClient: {
          client_id: "0oaKeeper",
          client_secret: planted.old,
          token_endpoint_auth_method: "client_secret_post",
        },
        password: { value: planted.old },
        signing: { kid: "k1", privateKey: pem },
      },
      settings: {
        oauthClient: { jwks: { keys: [{ kid: "k1", ...jwk, kty: "RSA" }] }, redirect_uris: ["https://x.example"] },
        app: { apiToken: planted.api, sharedSecret: planted.shared, notes: pem },
      },
    });
    const user = org.addUser({
      profile: { login: "keeper@acme.example", firstName: "K", lastName: "Eeper" },
      credentials: {
        password: { value: planted.old, hash: { algorithm: "BCRYPT", value: planted.hash, salt: planted.salt } },
        recovery_question: { question: "Pet?", answer: planted.answer },
      },
    });
    org.log({
      eventType: "user.session.start",
      displayMessage: "User login to Okta",
      debugData: { sessionToken: planted.session, access_token: token, privateKey: pem },
    });

    const cli = startCli(["run"], {
      env: { ...env, OKTA_ACCESS_TOKEN: token, OKTA_MCP_FILE_ROOTS: home },
    });
    const client = speakTo(cli);
    await client.begin();
    const call = (tool: string, args: object) => client.callText(tool, JSON.stringify(args));
    const credentials = {
      password: { value: planted.password, hash: { algorithm: "BCRYPT", value: planted.hash, salt: planted.salt } },
      recovery_question: { question: "Pet?", answer: planted.answer },
    };
    const profile = { login: "new@acme.example", email: "new@acme.example", firstName: "N", lastName: "Ew" };
    const config = {
      label: "New",
      name: "oidc_client",
      signOnMode: "OPENID_CONNECT",
      credentials: {
        oauthClient: { client_secret: planted.clientSecret, token_endpoint_auth_method: "client_secret_post" },
      },
      settings: { oauthClient: { jwks: { keys: [{ kid: "k2", ...jwk }] } }, app: { sharedSecret: planted.shared } },
    };
    const certificate = {
      domain_id: "OcD1",
      certificate: pem,
      certificate_chain: pem,
      private_key_file_path: "domain.key",
    };
    const answers: { [call: string]: { code: string | undefined; text: string } } = {};
    const both = [false, true];
    for (const dry_run of both) {
      answers[`create_user ${dry_run}`] = await call("create_user", { profile, credentials, dry_run });
      answers[`update_user ${dry_run}`] = await call("update_user", { user_id: user.id, credentials, dry_run });
      answers[`create_application ${dry_run}`] = await call("create_application", { app_config: config, dry_run });
      answers[`update_application ${dry_run}`] = await call("update_application", {
        app_id: app.id,
        app_config: config,
        dry_run,
      });
      answers[`upsert ${dry_run}`] = await call("upsert_custom_domain_certificate", { ...certificate, dry_run });
    }
    for (const fault of [
      { fault: "reset" },
      { fault: "malformed" },
      { status: 500, json: {} },
      { status: 400, json: {} },
    ] as const) {
      sandbox.next("POST", /^\/api\//, { ...fault, times: 9 });
      answers[`create_user ${JSON.stringify(fault)}`] = await call("create_user", { profile, credentials });
      answers[`create_application ${JSON.stringify(fault)}`] = await call("create_application", { app_config: config });
      sandbox.clearFaults();
    }
    // The server refuses these before it sends anything, whatever values they hold.
    answers.undeclared = await call("create_user", { profile, password: planted.password });
    answers.type = await call("create_user", { profile, credentials: planted.password });
    answers.id = await call("get_user", { user_id: 4711, fields: { token } });
    for (const [tool, args] of [
      ["get_user", { user_id: user.id }],
      ["list_users", {}],
      ["get_application", { app_id: app.id, include_links: true }],
      ["list_applications", {}],
      ["get_logs", {}],
      ["list_changes", {}],
      ["get_scope_status", {}],
      ["deactivate_application", { app_id: app.id }],
      ["deactivate_user", { user_id: user.id }],
    ] as const) {
      answers[tool] = await call(tool, args);
      expect(answers[tool]?.code, answers[tool]?.text).toBeUndefined();
    }
    expect(answers["create_user false"]?.code, answers["create_user false"]?.text).toBeUndefined();
    expect(answers["create_application false"]?.code, answers["create_application false"]?.text).toBeUndefined();
    expect(answers.get_application?.text.split(MASK).length).toBeGreaterThan(6);
    const created = sandbox.requests.find(({ method, path }) => method === "POST" && path.startsWith("/api/v1/users"));
    expect(created?.body, "the secrets did reach the org").toContain(planted.password);

    cli.child.stdin.end();
    const ended = await cli.ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr.split("\n").length).toBeGreaterThan(20);
    const files = Object.entries(filesIn(home)).filter(([path]) => !path.endsWith("domain.key"));
    expect(files.some(([path]) => path.includes("journal"))).toBe(true);
    expectNone(secrets, { ...said([ended]), ...Object.fromEntries(files) });
  }, 60_000);

  test("as a token of a device sign-in is in the token file alone", async () => {
    const { sandbox, home, env, wire } = await openOrg();
    const results: CliResult[] = [];
    const run = async (...args: string[]) => {
      const result = await runCli(args, { env: { ...env, OKTA_LOG_FILE: join(home, "log.txt") } });
      results.push(result);
      return result.code;
    };
    expect(await run("login")).toBe(0);
    const tokenFiles = Object.entries(filesIn(home)).filter(([path]) => isTokenFile(path));
    expect(tokenFiles.length).toBeGreaterThan(0);
    for (const [path] of tokenFiles) expect(statSync(path).mode & 0o777).toBe(0o600);
    const stored = tokenFiles.flatMap(([, text]) => text.match(/[\w.~-]{30,}/g) ?? []);
    expect(stored.length).toBeGreaterThan(0);

    expect(await run("status")).toBe(0);
    expect(await run("status", "--json")).toBe(0);
    expect(await run("call", "list_users")).toBe(0);
    sandbox.next("GET", /^\/api\//, { status: 401, json: { errorCode: "E0000011", errorSummary: "Invalid token" } });
    await run("call", "list_users");
    sandbox.next("POST", "/oauth2/v1/token", {
      status: 400,
      json: { error: "invalid_grant", error_description: "no" },
      times: 9,
    });
    sandbox.next("GET", /^\/api\//, { status: 401, json: {}, times: 9 });
    expect(await run("call", "list_users")).toBe(1);
    sandbox.clearFaults();
    expect(await run("login")).toBe(0);
    const later = Object.entries(filesIn(home)).filter(([path]) => isTokenFile(path));
    stored.push(...later.flatMap(([, text]) => text.match(/[\w.~-]{30,}/g) ?? []));
    await run("logout");
    expect(statSync(join(home, "log.txt")).mode & 0o777).toBe(0o600);
    const left = Object.fromEntries(Object.entries(filesIn(home)).filter(([path]) => !isTokenFile(path)));
    // A token file also holds ids and addresses, which are no secrets.
    const tokens = stored.filter((one) => /^eyJ|^[\w-]{40,}$/.test(one));
    expectNone([...new Set([...tokens, ...wire().filter((one) => one.length >= 20)])], { ...said(results), ...left });
  }, 60_000);

  test.each(["pkcs8", "pkcs1", "jwk"] as const)(
    "as a private key (%s) of a service app is nowhere",
    async (form) => {
      const { privateKey, publicKey } = newKeyPair({ type: "rsa", modulusLength: 2048 });
      const jwk = { ...publicKey.export({ format: "jwk" }), kty: "RSA", kid: "ci", use: "sig" };
      const { home, env, wire } = await openOrg({ serviceClient: { jwks: { keys: [jwk] }, dpopRequired: true } });
      const proxy = `http://user:${secret("Proxy")}@127.0.0.1:1`;
      const secretParts = privateKey.export({ format: "jwk" });
      const text =
        form === "jwk"
          ? JSON.stringify({ ...secretParts, kid: "ci" })
          : String(privateKey.export({ type: form, format: "pem" })).replaceAll("\n", "\\n");
      const key = { ...env, OKTA_CLIENT_ID: SERVICE_CLIENT_ID, OKTA_PRIVATE_KEY: text, OKTA_KEY_ID: "ci" };
      const results = [
        await runCli(["status", "--json"], { env: key }),
        await runCli(["call", "list_users", "--json"], { env: key }),
        await runCli(["call", "list_users"], { env: { ...key, OKTA_KEY_ID: "other" } }),
        await runCli(["call", "list_users"], { env: { ...key, OKTA_CLIENT_ID: "0oaOther" } }),
        await runCli(["login", "--help"], { env: key }),
        await runCli(["no-such-command"], { env: key }),
        await runCli(["call", "list_users"], { env: { ...key, HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }),
      ];
      expect(results[1]?.code, results[1]?.stderr).toBe(0);
      const lines = linesOfPem(String(privateKey.export({ type: "pkcs8", format: "pem" })));
      const parts = [secretParts.d, secretParts.p, secretParts.q, secretParts.dp].map(String);
      expect(wire().length).toBeGreaterThan(0);
      const files = Object.entries(filesIn(home));
      expectNone([...lines, ...parts, secret("Proxy")], { ...said(results), ...Object.fromEntries(files) });
      // The token file keeps the valid token, readable only by its user. It holds nothing else that was sent, and no
      // other file holds the token.
      const stored = files.filter(([path]) => isTokenFile(path));
      expect(stored).toHaveLength(1);
      const [[path, kept] = ["", ""]] = stored;
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const { accessToken }: { accessToken: string } = JSON.parse(kept);
      expect(wire()).toContain(accessToken);
      const others = files.filter((file) => !stored.includes(file));
      expectNone(wire(), { ...said(results), ...Object.fromEntries(others), [path]: kept.replace(accessToken, "") });
    },
    60_000,
  );
});

describe("a wrong setting with a secret in it", () => {
  const mark = secret("Setting");
  const half = `-----BEGIN PRIVATE KEY-----\n${mark}${mark}\n-----END PRIVATE KEY-----`;
  test.each<[string, Record<string, string>]>([
    ["a private key that is none", { OKTA_PRIVATE_KEY: mark, OKTA_KEY_ID: "k" }],
    ["half a private key", { OKTA_PRIVATE_KEY: half, OKTA_KEY_ID: "k" }],
    ["a key as JSON that is none", { OKTA_PRIVATE_KEY: `{"kty":"RSA","d":"${mark}"}` }],
    ["a key as broken JSON", { OKTA_PRIVATE_KEY: `{"kty":"RSA","d":"${mark}` }],
    ["an access token with a line break", { OKTA_ACCESS_TOKEN: `${mark}\n${mark}` }],
    ["an access token and a private key", { OKTA_ACCESS_TOKEN: mark, OKTA_PRIVATE_KEY: mark }],
    ["an address with a password", { OKTA_ORG_URL: `https://admin:${mark}@acme.okta.com` }],
    ["a key in the place of a file's name", { OKTA_PRIVATE_KEY_FILE: half, OKTA_KEY_ID: "k" }],
    ["a token in the place of a log level", { OKTA_LOG_LEVEL: `Bearer ${mark}` }],
  ])(
    "%s: it is named, the secret is not",
    async (_what, wrong) => {
      const env = {
        OKTA_ORG_URL: "https://127.0.0.1:1",
        OKTA_CLIENT_ID: "0oa1",
        OKTA_SCOPES: "okta.users.read",
        ...wrong,
      };
      const results = [
        await runCli([], { env }),
        await runCli(["call", "list_users", "--json"], { env }),
        await runCli(["status"], { env }),
        await runCli(["--help"], { env }),
      ];
      expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 0]);
      expectNone([mark], said(results));
    },
    60_000,
  );
});

describe("an error that nobody caught", () => {
  const token = secret("Crash");
  test.each([
    ["thrown", `throw new Error("Authorization: Bearer ${token} at " + "access_token=${token}")`],
    ["rejected", `Promise.reject(new Error("password: ${token}"))`],
    [
      "thrown with a cause",
      `throw Object.assign(new Error("x", { cause: new Error("${token}") }), { token: "${token}" })`,
    ],
    ["thrown as an object", `throw { access_token: "${token}" }`],
  ])("%s, ends the server with one line that holds no secret and no stack", async (_how, statement) => {
    const { env } = await openOrg();
    const hook = `data:text/javascript,${encodeURIComponent(`process.once("SIGUSR2", () => {${statement}})`)}`;
    const cli = startCli(["run"], { env: { ...env, NODE_OPTIONS: `--import ${hook}` } });
    await speakTo(cli).begin();
    cli.child.kill("SIGUSR2");
    const { code, stderr } = await cli.ended;
    expect(code).toBe(1);
    expect(stderr).toContain("okta-mcp: unexpected error: ");
    expect(stderr).not.toMatch(/\n\s+at /);
    expectNone([token], { stderr });
  });
});

test("no snapshot and no document holds a token or a key", () => {
  const files = ["test/__snapshots__", "docs"].flatMap((folder) =>
    Object.entries(existsSync(join(ROOT, folder)) ? filesIn(join(ROOT, folder)) : {}),
  );
  expect(files.length).toBeGreaterThan(100);
  for (const [path, text] of files) {
    expect(text, path).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{10,}/);
    expect(text, path).not.toMatch(/PRIVATE KEY-----(?:\\n|\s)+[\w+/=]{40}/);
  }
});
