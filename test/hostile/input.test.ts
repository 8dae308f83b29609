import { expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/server.js";
import { catalogue } from "../support/catalogue.js";
import { runCli } from "../support/cli.js";
import { startServer } from "../support/stdio.js";
import { watchPrototypes } from "./org.js";
import { openOrg } from "./stdio.js";

const MEGABYTE = 1024 * 1024;

/** The last request to the API that may have changed something. */
function lastWrite({ requests }: Pick<Sandbox, "requests">) {
  return requests.findLast(({ method, path }) => method !== "GET" && path.startsWith("/api/"));
}

test("a server goes on after everything that is no call", async () => {
  const { env } = await openOrg();
  const { raw, callText: call, cli } = await startServer(env);
  for (const line of [
    "",
    "no JSON",
    "null",
    "[]",
    '"text"',
    "\u0000\u0001",
    '{"jsonrpc":"1.0","id":900,"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":{"a":1},"method":"tools/call"}',
    '{"jsonrpc":"2.0","id":901,"method":"__proto__"}',
    '{"jsonrpc":"2.0","id":902,"method":"tools/call","params":null}',
    '{"jsonrpc":"2.0","id":903,"method":"tools/call","params":{"name":["list_users"]}}',
    '{"jsonrpc":"2.0","id":904,"method":"tools/call","params":{"name":"list_users","arguments":[]}}',
    '{"jsonrpc":"2.0","id":905,"method":"tools/call","params":{"name":"list_users","arguments":"x"}}',
    '{"jsonrpc":"2.0","id":906,"result":{"x":1}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"nothing"}}',
    '{"jsonrpc":"2.0","__proto__":{"id":1},"id":907,"method":"ping"}',
    `{"jsonrpc":"2.0","id":908,"method":"ping","params":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`,
    `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    "{".repeat(MEGABYTE),
  ]) {
    raw(line);
  }
  expect(await call("list_groups", "{}")).toMatchObject({ code: undefined });
  expect(cli.child.exitCode).toBeNull();
});

test("arguments of ten megabytes reach the org whole or are refused, and the next call is answered", async () => {
  const { env, sandbox } = await openOrg();
  const { callText: call } = await startServer(env);
  const huge = '\u00e9\\"\\u0000'.repeat(MEGABYTE);
  expect(Buffer.byteLength(huge)).toBeGreaterThanOrEqual(10 * MEGABYTE);
  const page = `{"brand_id":"bndSandboxDefault001","page_content":"${huge}"}`;
  const carried = await call("replace_preview_error_page", page);
  expect(carried.code).toBe(undefined);
  expect(JSON.parse(lastWrite(sandbox)?.body ?? "").pageContent).toBe(JSON.parse(`"${huge}"`));

  const before = lastWrite(sandbox);
  for (const [tool, args] of [
    ["get_user", `{"user_id":"${huge}"}`],
    ["list_users", `{"limit":"${huge}"}`],
    ["list_users", `{"${huge}":1}`],
    ["upload_brand_theme_logo", `{"brand_id":"b1","theme_id":"t1","file_path":"${huge}"}`],
    ["create_group", `{"profile":["${huge}"]}`],
    ["get_user", `{"user_id":"x","fields":{"a":"${huge}"}}`],
    [huge.slice(0, MEGABYTE / 2), "{}"],
  ] as const) {
    const { code, text } = await call(tool, args);
    expect(code, text.slice(0, 300)).toBe("bad_input");
    expect(text.length).toBeLessThan(20_000);
  }
  expect(lastWrite(sandbox)).toBe(before);
  expect(await call("list_groups", "{}")).toMatchObject({ code: undefined });
}, 60_000);

test("a message that is longer than any is taken ends the connection and says why", async () => {
  const { env } = await openOrg();
  const { raw, cli } = await startServer(env);
  raw(
    `{"jsonrpc":"2.0","id":900,"method":"tools/call","params":{"name":"list_users","arguments":{"q":"${"x".repeat(17 * MEGABYTE)}"}}}`,
  );
  const { code, signal, stderr } = await cli.ended;
  expect({ code, signal }).toEqual({ code: 1, signal: null });
  expect(stderr).toContain("the client sent a message of more than 16 MB");
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("names of prototypes are refused as arguments and carried as data", async () => {
  watchPrototypes();
  const { env, sandbox } = await openOrg();
  const { callText: call } = await startServer(env);
  for (const name of ["constructor", "prototype", "toString", "hasOwnProperty", "__defineGetter__"]) {
    const { code, text } = await call("list_users", `{"${name}":{"polluted":1}}`);
    expect(code).toBe("bad_input");
    expect(text).toContain(`unknown argument "${name}"`);
  }
  // The library of the protocol drops this name at the root of the arguments, so the server never sees it.
  expect(await call("list_users", '{"__proto__":{"polluted":1}}')).toMatchObject({ code: undefined });
  const profile = '{"name":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}';
  const refused = await call("create_group", `{"profile":${profile}}`);
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(refused.text).toContain(`${name}: The attribute is not defined in the group schema`);
  }
  expect(lastWrite(sandbox)?.body).toBe(`{"profile":${profile}}`);
});

test("NUL, lone surrogates and hidden characters are refused in an id and carried in a body", async () => {
  const { env, sandbox } = await openOrg();
  const { callText: call } = await startServer(env);
  const text = "a\\u0000b\\ud800c\\u202ed\\udb40\\udc41e\\u001b[2J";
  const before = sandbox.requests.length;
  for (const id of ["a\\u0000b", "\\ud800", "a\\u202eb", "\\udb40\\udc41", "a\\u200bb"]) {
    expect((await call("get_group", `{"group_id":"${id}"}`)).code, id).toBe("bad_input");
  }
  expect(sandbox.requests.length).toBe(before);
  const { code, text: said } = await call("create_group", `{"profile":{"name":"${text}"}}`);
  expect(code, said).toBeUndefined();
  expect(JSON.parse(lastWrite(sandbox)?.body ?? "").profile.name).toBe(JSON.parse(`"${text}"`));
  expect(JSON.parse(said).profile.name).toBe(JSON.parse(`"${text}"`));
});

test("every tool refuses an argument that it does not declare, by name, before anything is sent", async () => {
  const { env, sandbox } = await openOrg();
  const { callText: call } = await startServer(env);
  const before = sandbox.requests.length;
  for (const { name } of catalogue.entries) {
    const { code, text } = await call(name, '{"made_up\\u202e":1}');
    expect(code, name).toBe("bad_input");
    expect(text, name).toContain('unknown argument "made_up<U+202E>"');
  }
  expect(sandbox.requests.length).toBe(before);
});

test.each([
  ["deep JSON", `{"profile":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`, "nested deeper"],
  ["a prototype key", '{"profile":{"name":"x"},"constructor":1}', 'unknown argument "constructor"'],
  ["a NUL", '{"profile":{"name":"x"},"a\\u0000b":1}', 'unknown argument "a\\u0000b"'],
  ["no JSON", '{"profile":', "not valid JSON"],
])("a command refuses %s in one line", async (_what, input, says) => {
  const { env } = await openOrg();
  const { code, stdout, stderr } = await runCli(["call", "create_group", "-"], { env, input });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("bad_input: ");
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/\n\s+at /);
});
