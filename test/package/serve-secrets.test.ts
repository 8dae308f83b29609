import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/log.js";
import { openStore } from "../../src/store/open-store.js";
import { type PlainBrowser, plainBrowser, type Visit } from "../support/browser.js";
import { describeWhereBuilt } from "../support/built.js";
import { startServeProcess } from "../support/serve-process.js";

/** Cookies whose value stands in addresses too. Their signatures, in cookies of their own, are the secrets. */
const PART_OF_ADDRESSES: ReadonlySet<string> = new Set(["okta-mcp.interaction", "okta-mcp.resume"]);

/** A browser that keeps every page it was shown, and every cookie it was ever given. */
function watchedBrowser() {
  const browser = plainBrowser();
  const pages: string[] = [];
  const cookies = new Set<string>();
  const watch = (visit: Visit) => {
    // A redirect names the same address in its body.
    if (visit.location === undefined) pages.push(visit.html);
    for (const [name, value] of browser.cookies) if (!PART_OF_ADDRESSES.has(name)) cookies.add(value);
    return visit;
  };
  const watched: PlainBrowser = {
    cookies: browser.cookies,
    get: async (url) => watch(await browser.get(url)),
    submit: async (...form) => watch(await browser.submit(...form)),
  };
  return { watched, pages, cookies };
}

/** A secret in the forms in which it may lie around. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString("base64").replace(/=+$/, "");
  return [secret, base64, bytes.toString("base64url"), bytes.toString("hex"), encodeURIComponent(secret)];
}

describeWhereBuilt("what a server leaves behind", () => {
  test("M14: no secret of a sign-in, a call, a refusal, a refresh and a revocation is in logs, pages or the database", {
    timeout: 90_000,
  }, async () => {
    const serve = await startServeProcess({ log: { level: "trace" } });
    const { sandbox, secret, signIn, token, publicUrl, cli, folder } = serve;
    const { watched, pages, cookies } = watchedBrowser();
    const signedIn = await signIn(undefined, { browser: watched });
    const { client_id, access_token, refresh_token, call } = signedIn;
    await call("tools/call", { name: "list_users", arguments: {} });
    const group = await call("tools/call", { name: "create_group", arguments: { profile: { name: "Lab" } } });
    expect(group.message.result.isError).toBeFalsy();
    sandbox.next("GET", "/api/v1/groups", { status: 500 });
    await call("tools/call", { name: "list_groups", arguments: {} });
    await serve.call(`${access_token}x`, "tools/list");
    const renewed = await token({ grant_type: "refresh_token", client_id, refresh_token });
    expect(renewed.status).toBe(200);
    await token({
      grant_type: "authorization_code",
      client_id,
      code: "no-code-of-ours",
      code_verifier: "v".repeat(43),
    });
    await watched.get(`${publicUrl}/me`);
    await watched.get(`${publicUrl}/auth/sso/callback/okta?code=hush-hush-code&state=hush-hush-state`);
    const revoked = new URLSearchParams({ client_id, token: String(renewed.body.refresh_token) });
    await fetch(`${publicUrl}/oauth/revoke`, { method: "POST", body: revoked });

    const sent = sandbox.requests.flatMap(({ path, headers, body }) => {
      const form = new URLSearchParams(body);
      const query = new URL(path, sandbox.origin).searchParams;
      const named = ["code", "code_verifier", "refresh_token", "token", "client_secret"].flatMap((name) =>
        form.getAll(name),
      );
      const bearer = /^(?:Bearer|DPoP|Basic) (.+)$/.exec(headers.authorization ?? "")?.[1];
      return [...named, ...query.getAll("nonce"), ...(bearer === undefined ? [] : [bearer])];
    });
    const secrets = new Set(
      [
        secret,
        access_token,
        refresh_token,
        renewed.body.access_token,
        renewed.body.refresh_token,
        "hush-hush-code",
        "hush-hush-state",
        ...cookies,
        ...sent,
      ].map(String),
    );
    expect(secrets.size).toBeGreaterThan(14);

    cli.child.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ code: 0 });
    const data = join(folder, "data");
    const places = new Map([
      ["the log", cli.stderr()],
      ["stdout", cli.stdout()],
      ["pages", pages.join("\n")],
      ...readdirSync(data)
        .filter((name) => name !== "data-keys.json")
        .map((name) => [name, readFileSync(join(data, name), "latin1")] as const),
    ]);
    expect(places.size).toBeGreaterThan(3);
    expect(cli.stderr()).toContain('"message":"request"');
    for (const one of secrets) {
      for (const form of formsOf(one)) {
        for (const [place, text] of places) expect(text.includes(form), `${place} holds ${form}`).toBe(false);
      }
    }
  });

  test("a stranger with 200 bad tokens makes one entry of the record, and somebody without a role one of their own", {
    timeout: 90_000,
  }, async () => {
    const serve = await startServeProcess();
    const { call, signIn, write, cli, settings } = serve;
    await Promise.all(Array.from({ length: 200 }, (_, index) => call(`not-a-token-${index}`, "tools/list")));
    const { call: own } = await signIn();
    write({ roles: [{ ...settings.roles[0], groups: ["00gNobodyIsInThis01"] }] });
    cli.child.kill("SIGHUP");
    await cli.seen("stderr", /settings read anew/);
    for (let time = 0; time < 3; time += 1) expect((await own("tools/list")).status).toBe(403);
    const refusals = serve.records().filter(({ message }) => message === "requests to /mcp are refused");
    expect(refusals.map(({ why }) => why)).toEqual(["invalid_token", "no_role"]);
    cli.child.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ code: 0 });
    const store = await openStore({ dir: join(serve.folder, "data"), log: silentLog() });
    onTestFinished(() => store.close());
    const entries = await store.audit.page({ action: "call", limit: 1_000 });
    expect(entries.map(({ detail, outcome }) => [detail?.why, outcome])).toEqual([
      ["no_role", "refused"],
      ["invalid_token", "refused"],
    ]);
    expect(entries[0]?.actor).toBeDefined();
  });
});
