import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { startCli, temporaryFolder } from "../support/cli.js";
import { skipUnless } from "../support/programs.js";
import { json, openOrg, SCOPES } from "./support-org.js";

describe("login, status and logout", () => {
  test("go the whole way round, and no output holds a token", async () => {
    const { sandbox, cli, home } = await openOrg();
    const before = await cli(["status", "--json"]);
    expect(before.code).toBe(1);
    expect(json(before)).toMatchObject({ signed_in: false, method: "device", user: null });

    const login = await cli(["login"]);
    expect(login.code, login.stderr).toBe(0);
    expect(login.stdout).toBe("");
    expect(login.stderr).toMatch(/http:\/\/127\.0\.0\.1:\d+\/activate\?user_code=[\w-]+/);
    expect(login.stderr).toMatch(/Code: [A-Z]{4}-[A-Z]{4} {3}\(ends in 10 minutes\)/);
    expect(login.stderr).toContain(`Signed in to ${new URL(sandbox.origin).host} as ${ADMIN_LOGIN}.`);
    expect(login.stderr).toContain("Granted: okta.groups.manage okta.logs.read okta.users.manage");
    expect(login.stderr).toMatch(/\d+ of \d+ tools are on/);

    const after = await cli(["status", "--json"]);
    expect(after.code).toBe(0);
    expect(json(after)).toMatchObject({
      org: sandbox.origin,
      client_id: DEVICE_CLIENT_ID,
      method: "device",
      signed_in: true,
      user: ADMIN_LOGIN,
      granted_scopes: expect.arrayContaining(SCOPES.split(" ")),
      not_granted_scopes: [],
      expires_at: expect.stringMatching(/^\d{4}-/),
      renewable: true,
      token_kept: expect.stringMatching(/^file /),
    });
    const inWords = await cli(["status"]);
    expect(inWords.stdout).toMatch(/^Signed in +yes, as ada\.admin@/m);
    expect(inWords.stdout).toMatch(/^Expires +in (?:\d+ minutes|1 hour) \(2\d{3}-.*Z\); renews itself$/m);

    const call = await cli(["call", "get_user", "--arg", `user_id=${ADMIN_LOGIN}`]);
    expect(json(call).profile.login).toBe(ADMIN_LOGIN);

    const logout = await cli(["logout"]);
    expect(logout.code).toBe(0);
    expect(logout.stderr).toMatch(/the tokens were revoked at Okta and deleted here/);
    expect(sandbox.requests.filter(({ path }) => path === "/oauth2/v1/revoke").length).toBeGreaterThan(0);
    expect((await cli(["status"])).stdout).toMatch(/^Signed in +no$/m);
    expect((await cli(["logout"])).stderr).toContain("Nobody was signed in");

    const said = [before, login, after, inWords, call, logout].map(({ stdout, stderr }) => stdout + stderr).join();
    expect(said).not.toMatch(/eyJ/);
    const tokens = join(home, "data/okta-mcp");
    expect(statSync(tokens).mode & 0o077).toBe(0);
    expect(readdirSync(tokens, { recursive: true }).filter((name) => String(name).endsWith(".json"))).toEqual([]);
  });

  test("logout deletes the tokens here also when Okta cannot be reached, and says so", async () => {
    const { sandbox, cli } = await openOrg();
    await cli(["login"]);
    await sandbox.close();
    const { code, stderr } = await cli(["logout"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/the tokens were deleted here\.\nNotice: Okta could not be told/);
    expect((await cli(["status", "--json"])).code).toBe(1);
  });

  test("login tells which scopes were not granted and where to grant them", async () => {
    const { sandbox, cli } = await openOrg();
    sandbox.authorization.control.grantOnly(["okta.users.manage"]);
    const { code, stderr } = await cli(["login"]);
    expect(code).toBe(0);
    expect(stderr).toContain("Not granted: okta.groups.manage okta.logs.read");
    expect(stderr).toContain("Okta API Scopes > Grant");
    const tools: { name: string; on: boolean; why: string | null }[] = json(await cli(["tools", "--json"]));
    expect(tools.find(({ name }) => name === "list_users")).toMatchObject({ on: true, why: null });
    expect(tools.find(({ name }) => name === "get_logs")).toMatchObject({
      on: false,
      why: "the sign-in did not grant its scope",
    });
    expect(tools.find(({ name }) => name === "list_applications")).toMatchObject({
      on: false,
      why: "its scope is not in OKTA_SCOPES",
    });
  });

  test("a denied sign-in fails with its own code", async () => {
    const { sandbox, env } = await openOrg({ autoApprove: false });
    const cli = startCli(["login"], { env });
    const [, code = ""] = await cli.seen("stderr", /Code: ([A-Z]{4}-[A-Z]{4})/);
    sandbox.authorization.control.deny(code);
    expect(await cli.ended).toMatchObject({ code: 1, stderr: expect.stringContaining("login_denied: ") });
  });

  test("login opens the link in the system's browser", async (context) => {
    skipUnless(context, process.platform === "linux", "it stands in for a browser of Linux");
    const { sandbox, cli } = await openOrg();
    const folder = temporaryFolder();
    const opened = join(folder, "opened");
    writeFileSync(join(folder, "xdg-open"), `#!/bin/sh\nprintf %s "$1" >${opened}\n`, { mode: 0o755 });
    const desktop = { CI: "", DISPLAY: ":0", PATH: [folder, process.env.PATH].join(delimiter) };
    expect((await cli(["login"], desktop)).stderr).toContain("A browser was opened with it.");
    expect(readFileSync(opened, "utf8")).toContain(`${sandbox.origin}/activate?user_code=`);

    // A link to another host is shown with a warning, and the person may still approve the sign-in.
    writeFileSync(opened, "nothing");
    sandbox.next("POST", "/oauth2/v1/device/authorize", {
      rewrite: (reply) => ({
        ...reply,
        json: { ...(reply.json as object), verification_uri_complete: "https://acme-okta.example/activate" },
      }),
    });
    const { code, stderr } = await cli(["login"], desktop);
    expect(code).toBe(0);
    expect(stderr).toContain(
      `To sign in to the Okta org ${sandbox.origin} with the app ${DEVICE_CLIENT_ID} (client ID)`,
    );
    expect(stderr).toContain("https://acme-okta.example/activate");
    expect(stderr).toContain(
      "Careful: the link leads to https://acme-okta.example, which is not the address of the org",
    );
    expect(stderr).not.toContain("A browser was opened");
    expect(readFileSync(opened, "utf8")).toBe("nothing");
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s in the middle of a sign-in cancels it", async (signal) => {
    const { env } = await openOrg({ autoApprove: false });
    const cli = startCli(["login"], { env });
    await cli.seen("stderr", /Waiting for the approval/);
    cli.child.kill(signal);
    expect(await cli.ended).toMatchObject({ code: null, signal, stderr: expect.stringMatching(/^cancelled: /m) });
  });

  test.for(["memory", "auto"])(
    "login with the store %s fails before anybody is asked where nothing would last",
    async (store, context) => {
      const isWithoutKeychain = store === "memory" || process.platform === "linux";
      skipUnless(context, isWithoutKeychain, "other systems than Linux have a keychain without a session bus");
      const { sandbox, cli } = await openOrg({ autoApprove: false });
      // No session bus is there, and therefore no keychain.
      const env = { OKTA_MCP_TOKEN_STORE: store, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
      const login = await cli(["login"], env);
      expect(login).toMatchObject({ code: 2, stdout: "" });
      expect(login.stderr).toMatch(/^bad_config: .*gone when the command ends\./);
      expect(login.stderr).toContain("Fix: Set OKTA_MCP_TOKEN_STORE=file");
      expect(sandbox.requests).toEqual([]);
      const status = await cli(["status"], env);
      expect(status.stdout).toMatch(/^Next +set OKTA_MCP_TOKEN_STORE=file, then okta-mcp login$/m);
      const logout = await cli(["logout"], env);
      expect(logout.code).toBe(0);
      expect(logout.stderr).toContain("Nothing to sign out of: without a store that lasts");
    },
  );

  test("login --sandbox says that the sign-in ends with the command", async () => {
    const login = startCli(["login", "--sandbox"]);
    const [link = ""] = await login.seen("stderr", /http:\S+user_code=\S+/);
    // A browser first requests the page and then sends its form.
    const page = await fetch(link);
    const [, csrf_token = ""] = /name="csrf_token" value="([^"]+)"/.exec(await page.text()) ?? [];
    const form = { user_code: new URL(link).searchParams.get("user_code") ?? "", csrf_token, decision: "allow" };
    const headers = { cookie: (page.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
    await fetch(new URL("/activate", link), { method: "POST", headers, body: new URLSearchParams(form) });
    const { code, stderr } = await login.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining("sandbox and sign-in end with this command")]);
  });

  test("a service app needs no sign-in: login and status exchange its key", async () => {
    const { privateKey, publicKey } = newKeyPair({ type: "rsa", modulusLength: 2048 });
    const jwk = { ...publicKey.export({ format: "jwk" }), kty: "RSA", kid: "ci", use: "sig" };
    const { cli, home } = await openOrg({ serviceClient: { jwks: { keys: [jwk] }, dpopRequired: true } });
    const file = join(home, "key.pem");
    writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    const env = {
      OKTA_CLIENT_ID: SERVICE_CLIENT_ID,
      OKTA_PRIVATE_KEY_FILE: file,
      OKTA_KEY_ID: "ci",
      OKTA_MCP_TOKEN_STORE: "auto",
    };
    const login = await cli(["login"], env);
    expect(login.code, login.stderr).toBe(0);
    expect(login.stderr).toContain("A service app needs no sign-in beforehand");
    const status = await cli(["status", "--json"], env);
    expect(status.code).toBe(0);
    expect(json(status)).toMatchObject({
      signed_in: true,
      method: "private-key",
      granted_scopes: expect.arrayContaining(["okta.users.manage"]),
    });
    expect(json(await cli(["call", "list_groups", "--arg", "limit=1"], env)).items).toHaveLength(1);
    expect((await cli(["logout"], env)).stderr).toContain("Nothing to sign out of");

    const wrong = await cli(["status"], { ...env, OKTA_KEY_ID: "other" });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^Problem +client_rejected: /m);
  });

  test("a ready token is used as it is", async () => {
    const { sandbox, cli } = await openOrg();
    const token = await sandbox.authorization.control.issueAccessToken(["okta.users.read"]);
    const env = { OKTA_CLIENT_ID: "", OKTA_ACCESS_TOKEN: token };
    const status = await cli(["status", "--json"], env);
    expect(json(status)).toMatchObject({
      signed_in: true,
      method: "access-token",
      granted_scopes: ["okta.users.read"],
      renewable: false,
    });
    expect(json(await cli(["call", "list_users", "--arg", "limit=1"], env)).items).toHaveLength(1);
    const refused = await cli(["call", "get_logs"], env);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^missing_scope: get_logs needs the scope okta\.logs\.read/);
  });
});
