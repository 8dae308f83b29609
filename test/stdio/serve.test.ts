import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { BUILT_ENTRY, requireBuild } from "../support/built.js";
import { COMMAND, ROOT, type RunningCli, spawnProcess, startCli, temporaryFolder } from "../support/cli.js";
import { openCliOrg } from "../support/cli-org.js";
import { quoteForBash } from "../support/keyring-session.js";
import { withItems } from "../support/result-text.js";
import { HELLO, type Message, speakTo } from "../support/stdio.js";

const UNREACHABLE = {
  OKTA_ORG_URL: "https://127.0.0.1:1",
  OKTA_CLIENT_ID: "0oa1",
  OKTA_SCOPES: "okta.users.read okta.groups.manage",
};

/** Returns the text of a result, which is the part that a model reads. */
function textOf({ result }: Message): string {
  expect(Object.keys(result).sort()).toEqual(["_meta", "content", ...(result.isError ? ["isError"] : [])]);
  return result.content[0].text;
}

/** Opens a sandbox whose device app nobody approves automatically. Returns it with the environment to use it. */
const openOrg = () => openCliOrg({ scopes: ["okta.users.read", "okta.groups.read"], deviceIntervalSeconds: 1 });

/** Returns the end of the process, and its time after `leave` in milliseconds. */
async function endAfter(cli: RunningCli, leave: () => void) {
  const startedAtMs = performance.now();
  leave();
  const { code, signal, stderr } = await cli.ended;
  return { code, signal, stderr, tookMs: performance.now() - startedAtMs };
}

test("initialize and tools/list are answered at once, though the org cannot be reached and nobody is signed in", async () => {
  const cli = startCli([], { env: UNREACHABLE });
  const client = speakTo(cli);
  const { result } = await client.begin();
  expect(result.serverInfo).toMatchObject({ name: "okta-mcp" });
  const list = await client.ask("tools/list");
  const names: string[] = list.result.tools.map(({ name }: { name: string }) => name);
  expect(names).toContain("list_users");
  expect(names).toContain("delete_group");
  expect(names).not.toContain("get_logs");
});

test("every line on stdout is JSON-RPC, whatever comes in and at the loudest log level", async () => {
  const { signedIn } = await openOrg();
  const cli = startCli(["run", "--log-level", "trace"], {
    env: { ...signedIn, OKTA_SCOPES: `${signedIn.OKTA_SCOPES} okta.nonsense.read` },
  });
  const client = speakTo(cli);
  await client.begin();
  cli.child.stdin.write("this is no JSON\n\n{}\n[1]\n");
  expect((await client.ask("no/such/method")).error?.code).toBe(-32601);
  const good = await client.answer(client.call("list_users", { limit: 2 }));
  const listed = withItems(JSON.parse(textOf(good)));
  expect(listed.items).toHaveLength(2);
  expect(listed.total_fetched).toBe(2);
  const bad = await client.answer(client.call("list_users", { limit: "many" }));
  expect(bad.result.isError).toBe(true);
  expect(textOf(bad)).toMatch(/^bad_input: /);
  const broken = await client.answer(client.call("get_user", { user_id: "nobody@acme.example" }));
  expect(broken.result.isError).toBe(true);
  cli.child.stdin.end();
  const { stderr } = await cli.ended;
  client.messages();
  expect(stderr).toContain("OKTA_SCOPES: okta.nonsense.read unlocks nothing here");
  expect(stderr).not.toContain(signedIn.OKTA_ACCESS_TOKEN);
  expect(stderr).not.toMatch(/eyJ/);
});

test("many large answers at once leave nothing on stderr", async () => {
  const cli = startCli([], { env: UNREACHABLE });
  const client = speakTo(cli);
  await client.begin();
  cli.child.stdin.cork();
  const ids = Array.from({ length: 50 }, () => client.send("tools/list"));
  cli.child.stdin.uncork();
  await client.answer(ids.at(-1) ?? 0);
  const answered = client.messages().filter(({ result }) => result?.tools?.length > 0);
  expect(answered.map(({ id }) => id)).toEqual(ids);
  expect(cli.stderr()).toBe("");
});

test("what a library writes to stdout goes to stderr", async () => {
  const { signedIn } = await openOrg();
  const preload = join(temporaryFolder(), "chatty.mjs");
  writeFileSync(
    preload,
    "process.on('SIGUSR2', () => { console.log('stray from a library'); process.stdout.write('and another\\n'); });",
  );
  const cli = startCli([], { env: { ...signedIn, NODE_OPTIONS: `--import=${preload}` } });
  const client = speakTo(cli);
  await client.begin();
  cli.child.kill("SIGUSR2");
  await client.answer(client.call("list_users", { limit: 1 }));
  await cli.seen("stderr", /stray from a library\nand another/);
  client.messages();
});

describe("closing stdin ends the process within a second, with exit code 0", { retry: 2 }, () => {
  const clean = { code: 0, signal: null, stderr: "" };

  test("before anything was said", async () => {
    const cli = startCli([], { env: UNREACHABLE });
    cli.child.stdin.end();
    expect(await cli.ended).toMatchObject({ ...clean, stdout: "" });
  });

  test("when idle", async () => {
    const cli = startCli([], { env: UNREACHABLE });
    await speakTo(cli).begin();
    const { tookMs, ...end } = await endAfter(cli, () => cli.child.stdin.end());
    expect(end).toEqual(clean);
    expect(tookMs).toBeLessThan(1_000);
  });

  test("in the middle of a call that Okta does not answer", async () => {
    const { sandbox, signedIn } = await openOrg();
    const cli = startCli([], { env: signedIn });
    const client = speakTo(cli);
    await client.begin();
    sandbox.next("GET", "/api/v1/users", { fault: "hang" });
    const arrived = sandbox.arrival("GET", "/api/v1/users");
    client.call("list_users");
    await arrived;
    const { tookMs, ...end } = await endAfter(cli, () => cli.child.stdin.end());
    expect(end).toEqual(clean);
    expect(tookMs).toBeLessThan(1_000);
  });

  test("while a sign-in waits behind an answered call", async () => {
    const { sandbox, env } = await openOrg();
    const cli = startCli([], { env });
    const client = speakTo(cli);
    await client.begin();
    expect(textOf(await client.answer(client.call("list_users")))).toMatch(/^sign_in_pending: /);
    await sandbox.arrival("POST", "/oauth2/v1/token");
    const { tookMs, code, signal } = await endAfter(cli, () => cli.child.stdin.end());
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(tookMs).toBeLessThan(1_000);
  });

  test("while the client shows the link of a sign-in", async () => {
    const { env } = await openOrg();
    const cli = startCli([], { env });
    const client = speakTo(cli);
    await client.begin({ elicitation: { form: {}, url: {} } });
    client.call("list_users");
    await cli.seen("stdout", /"method":"elicitation\/create"/);
    const { tookMs, code, signal } = await endAfter(cli, () => cli.child.stdin.end());
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(tookMs).toBeLessThan(1_000);
    client.messages();
  });

  test("and what was asked before is still answered where that takes no waiting", async () => {
    const cli = startCli([], { env: UNREACHABLE });
    const client = speakTo(cli);
    const hello = client.send("initialize", HELLO);
    const list = client.send("tools/list");
    cli.child.stdin.end();
    expect(await cli.ended).toMatchObject(clean);
    const ids = client.messages().map(({ id }) => id);
    expect(ids).toEqual([hello, list]);
  });

  test("while a keychain that is stuck is being asked", async (context) => {
    requireBuild(context);
    // The built package gets a folder of its own, beside a keytar that never answers.
    const folder = temporaryFolder();
    const keytar = join(folder, "node_modules/keytar");
    mkdirSync(keytar, { recursive: true });
    writeFileSync(
      join(keytar, "index.js"),
      `const stuck = () => { require("node:fs").writeFileSync(${JSON.stringify(join(folder, "asked"))}, ""); setInterval(() => {}, 1000); return new Promise(() => {}); };
       module.exports = { getPassword: stuck, setPassword: stuck, deletePassword: stuck };`,
    );
    cpSync(dirname(BUILT_ENTRY), join(folder, "dist"), { recursive: true });
    const watcher = watch(folder);
    const asked = once(watcher, "change");
    const cli = spawnProcess([process.execPath, join(folder, "dist/okta-mcp.js")], {
      env: { ...UNREACHABLE, OKTA_MCP_TOKEN_STORE: "keychain" },
    });
    await speakTo(cli).begin();
    await asked;
    watcher.close();
    const { tookMs, code, signal } = await endAfter(cli, () => cli.child.stdin.end());
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(tookMs).toBeLessThan(1_000);
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("and so does %s", async (signal) => {
    const cli = startCli([], { env: UNREACHABLE });
    await speakTo(cli).begin();
    const { tookMs, ...end } = await endAfter(cli, () => cli.child.kill(signal));
    expect(end).toEqual(clean);
    expect(tookMs).toBeLessThan(1_000);
  });
});

test("a client that closes stdout causes no stack trace, and exit code 0", async () => {
  const cli = startCli([], { env: UNREACHABLE });
  const client = speakTo(cli);
  await client.begin();
  const { code, stderr } = await endAfter(cli, () => {
    cli.child.stdout.destroy();
    client.send("tools/list");
    client.send("tools/list");
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("an error nobody caught is one line on stderr without secrets, and exit code 1", async () => {
  const preload = join(temporaryFolder(), "failing.mjs");
  writeFileSync(
    preload,
    "process.on('SIGUSR2', () => { throw new Error('lost it: Bearer 00abcdefghijklmnopqrstuvwxyz'); });",
  );
  const cli = startCli([], { env: { ...UNREACHABLE, NODE_OPTIONS: `--import=${preload}` } });
  await speakTo(cli).begin();
  const { code, stderr } = await endAfter(cli, () => cli.child.kill("SIGUSR2"));
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "okta-mcp: unexpected error: Error: lost it: Bearer [redacted]\n",
  });
});

test("with --sandbox, the sign-in leads to the page of the org inside the process", async () => {
  const cli = startCli(["--sandbox"]);
  const client = speakTo(cli);
  await client.begin();
  expect(cli.stderr()).toMatch(/using a sandbox, a pretend Okta org at http:\/\/127\.0\.0\.1:\d+/);
  const text = textOf(await client.answer(client.call("list_users", { limit: 1 })));
  expect(text).toMatch(/^sign_in_pending: /);
  const data = JSON.parse(/^Data: (.*)$/m.exec(text)?.[1] ?? "");
  const page = await (await fetch(data.link)).text();
  expect(page).toContain(data.code);
  expect(page).toMatch(/Allow/);
});

test("the log goes to a file where one is named, and then not to stderr", async () => {
  const file = join(temporaryFolder(), "okta-mcp.log");
  const cli = startCli(["--log-level", "info", "--log-file", file], { env: UNREACHABLE });
  await speakTo(cli).begin();
  cli.child.stdin.end();
  expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
  expect(readFileSync(file, "utf8")).toMatch(
    / info {2}Serving version=\S+ org=https:\/\/127\.0\.0\.1:1 method=device toolsOn=\d+\n.* info {2}Stopping/,
  );
});

test("both entries of mcp.json.example work as pasted, the second with the path of a checkout", async () => {
  // The folder looks as if okta-mcp were installed there. So npx finds it without a network.
  const folder = temporaryFolder();
  const bin = join(folder, "node_modules/.bin");
  mkdirSync(bin, { recursive: true });
  if (COMMAND.length === 2 && COMMAND[1]) symlinkSync(COMMAND[1], join(bin, "okta-mcp"));
  else {
    writeFileSync(
      join(bin, "okta-mcp"),
      `#!/bin/sh\ncd ${quoteForBash(ROOT)} && exec ${COMMAND.map(quoteForBash).join(" ")} "$@"\n`,
    );
    chmodSync(join(bin, "okta-mcp"), 0o755);
  }
  const { mcpServers } = JSON.parse(readFileSync(join(ROOT, "mcp.json.example"), "utf8"));
  const { okta, "okta-from-a-checkout": checkout } = mcpServers;
  expect(Object.keys(mcpServers)).toHaveLength(2);
  expect([okta.command, ...okta.args]).toEqual(["npx", "-y", "okta-mcp"]);
  expect([checkout.command, ...checkout.args]).toEqual(["node", "/path/to/okta-mcp/dist/okta-mcp.js"]);
  expect(checkout.env).toEqual(okta.env);
  const offline = {
    npm_config_offline: "true",
    npm_config_cache: join(folder, "cache"),
    npm_config_update_notifier: "false",
  };
  const inThisCheckout = (path: string) => path.replace("/path/to/okta-mcp/", ROOT);
  const ofTheCheckout = COMMAND.length === 2 ? [checkout.command, ...checkout.args.map(inThisCheckout)] : COMMAND;
  const started = [
    { command: [okta.command, ...okta.args], cwd: folder },
    { command: ofTheCheckout, cwd: ROOT },
  ];
  for (const { command, cwd } of started) {
    const cli = spawnProcess(command, { env: { ...okta.env, ...offline }, cwd });
    const client = speakTo(cli);
    expect((await client.begin()).result.serverInfo.name).toBe("okta-mcp");
    const { result } = await client.ask("tools/list");
    const names: string[] = result.tools.map(({ name }: { name: string }) => name);
    for (const name of ["list_users", "list_groups", "list_applications", "get_logs", "get_scope_status"])
      expect(names).toContain(name);
    cli.child.stdin.end();
    expect((await cli.ended).code).toBe(0);
  }
});
