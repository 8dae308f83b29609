import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { parseJson, stringifyJson } from "../../src/json/exact-json.js";
import { openOrg } from "../hostile/stdio.js";
import { startCli } from "../support/cli.js";
import { openCliOrg } from "../support/cli-org.js";
import { withItems } from "../support/result-text.js";
import { ASKS, envelope, KEYS, STATELESS, statelessly } from "../support/stateless.js";
import { type Message, speakTo } from "../support/stdio.js";

const PERSON_MS = 60_000;

/** Opens an org with the group "Lab", and a client of the stateless revision. */
async function open(env: Record<string, string> = {}, args: readonly string[] = []) {
  const { org, sandbox, env: signedIn } = await openOrg();
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const cli = startCli(["run", ...args], { env: { ...signedIn, ...env } });
  const streams = speakTo(cli);
  return { org, sandbox, lab, cli, streams, ...statelessly(streams) };
}

/** Returns the line on stdout that answers a request, as it came. */
async function lineOf({ cli, streams }: Pick<Awaited<ReturnType<typeof open>>, "cli" | "streams">, id: number) {
  await streams.answer(id);
  return (
    cli
      .stdout()
      .split("\n")
      .find((line) => line.includes(`"id":${id}}`) || line.includes(`"id":${id},`)) ?? ""
  );
}

test("every result tells its kind and its server; lists and discover tell how long they last", async () => {
  const { streams, ask, call, lab, round } = await open();
  const answers: Record<string, Message> = {
    discover: await ask("server/discover"),
    list: await ask("tools/list"),
    result: await streams.answer(call("list_groups")),
    "error as a result": await streams.answer(call("list_groups", { limit: "many" })),
    "unknown tool": await streams.answer(call("no_such_tool")),
    question: await streams.answer(call("delete_group", { group_id: lab.id })),
  };
  for (const [what, { result }] of Object.entries(answers)) {
    expect(result.resultType, what).toBe(what === "question" ? "input_required" : "complete");
    expect(result._meta[KEYS.server], what).toEqual({
      name: "okta-mcp",
      title: "Okta administration",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    const lasts = what === "discover" || what === "list";
    expect("ttlMs" in result, what).toBe(lasts);
    expect(result.cacheScope, what).toBe(lasts ? "private" : undefined);
    if (lasts) expect(result.ttlMs).toBeGreaterThanOrEqual(PERSON_MS);
  }
  expect((await round("delete_group", { group_id: lab.id })).message.result).not.toHaveProperty("content");
});

test("the list of tools has the same order each time, in each process, whatever was called", async () => {
  const [one, other] = [await open(), await open()];
  const listed = async ({ ask }: typeof one) => (await ask("tools/list")).result.tools;
  const first = await listed(one);
  expect(first.length).toBeGreaterThan(100);
  await one.round("list_groups");
  await one.round("create_group", { profile: { name: "New" } });
  expect(await listed(one)).toEqual(first);
  expect(await listed(other)).toEqual(first);
});

describe("a client that listens", () => {
  const LISTEN = { notifications: { toolsListChanged: true, promptsListChanged: true } };

  /** Opens an org in which a person signs in and grants less than was asked for. */
  async function openLess() {
    const { sandbox, env } = await openCliOrg({
      scopes: ["okta.groups.read", "okta.users.read"],
      seed: null,
      deviceIntervalSeconds: 1,
    });
    sandbox.org.addUser({ profile: { login: ADMIN_LOGIN } });
    const { control } = sandbox.authorization;
    control.grantOnly(["okta.groups.read"]);
    const cli = startCli([], { env });
    const streams = speakTo(cli);
    return { control, cli, streams, ...statelessly(streams) };
  }
  const about = (streams: { messages(): Message[] }, method: string) =>
    streams.messages().filter((message) => message.method === method) as (Message & { params: object })[];

  test("is told what it will hear, then that a sign-in has changed the list, then that the server ends", async () => {
    const { control, cli, streams, send, ask, round } = await openLess();
    const before = (await ask("tools/list")).result.tools.length;
    const id = send("subscriptions/listen", LISTEN);
    await cli.seen("stdout", /subscriptions\/acknowledged/);
    const marked = { _meta: { [KEYS.subscription]: id } };
    expect(about(streams, "notifications/subscriptions/acknowledged").map(({ params }) => params)).toEqual([
      { notifications: { toolsListChanged: true }, ...marked },
    ]);

    const { state, questions } = await round("list_groups");
    expect(questions.sign_in).toContain("/activate?user_code=");
    control.approve(control.pendingUserCodes()[0] ?? "");
    const signedIn = { requestState: state, inputResponses: { sign_in: { action: "accept" } } };
    expect(await round("list_groups", {}, signedIn)).toMatchObject({ sees: "ok" });
    await cli.seen("stdout", /tools\/list_changed/);
    expect(about(streams, "notifications/tools/list_changed").map(({ params }) => params)).toEqual([marked]);
    expect((await ask("tools/list")).result.tools.length).toBeLessThan(before);

    cli.child.stdin.end();
    expect(await cli.ended).toMatchObject({ code: 0 });
    const last = streams.messages().filter((message) => message.id === id);
    expect(last).toMatchObject([{ result: { resultType: "complete", _meta: { [KEYS.subscription]: id } } }]);
  });

  test("hears nothing once it has cancelled, and nobody who does not listen hears anything", async () => {
    const { control, cli, streams, send, round } = await openLess();
    const id = send("subscriptions/listen", LISTEN);
    await cli.seen("stdout", /subscriptions\/acknowledged/);
    streams.write({ method: "notifications/cancelled", params: { requestId: id, _meta: envelope() } });
    const { state } = await round("list_groups");
    control.approve(control.pendingUserCodes()[0] ?? "");
    const signedIn = { requestState: state, inputResponses: { sign_in: { action: "accept" } } };
    expect(await round("list_groups", {}, signedIn)).toMatchObject({ sees: "ok" });
    cli.child.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ code: 0, signal: null });
    expect(about(streams, "notifications/tools/list_changed")).toEqual([]);
    expect(streams.messages().filter((message) => message.id === id)).toEqual([]);
  });

  test("has to say for what", async () => {
    const { ask } = await openLess();
    for (const notifications of [undefined, null, 5, [], "tools", { toolsListChanged: "yes" }]) {
      expect((await ask("subscriptions/listen", { notifications })).error, String(notifications)).toMatchObject({
        code: -32602,
      });
    }
  });
});

test("a client that has to be able to ask is told so, with what it lacks", async () => {
  const { streams, lab, org } = await open({ OKTA_MCP_CONFIRM: "elicit-only" });
  for (const capabilities of [{}, { roots: {} }, { elicitation: { url: {} } }]) {
    const { call } = statelessly(streams, capabilities);
    const { error } = await streams.answer(call("delete_group", { group_id: lab.id }));
    expect(error).toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: { form: {} } } } });
    expect(error?.message).toMatch(/^Nothing was changed\. This client cannot ask a person/);
  }
  for (const capabilities of [{ elicitation: {} }, { elicitation: { form: {} } }, ASKS]) {
    const { round } = statelessly(streams, capabilities);
    expect(await round("delete_group", { group_id: lab.id })).toMatchObject({ sees: "asks" });
  }
  expect(org.groups.get(lab.id)).toBeDefined();
});

describe("the place of a call in a trace", () => {
  const TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  test("is in the log of the call, in both eras, and never reaches the org", async () => {
    const { streams, cli, round, sandbox } = await open({}, ["--log-level", "debug"]);
    const state = "vendor=secret-of-the-tracer";
    const meta = { traceparent: TRACE, tracestate: state, baggage: "user=secret-of-the-tracer" };
    expect(await round("list_groups", {}, {}, meta)).toMatchObject({ sees: "ok" });
    const [modern] = await cli.seen("stderr", /^.*call done tool=list_groups.*$/m);
    expect(modern).toContain(`traceparent=${TRACE}`);
    await streams.begin();
    const older = TRACE.replace("00f067", "11f067");
    const { result } = await streams.ask("tools/call", { name: "list_groups", _meta: { ...meta, traceparent: older } });
    expect(result.content).toHaveLength(1);
    await cli.seen("stderr", new RegExp(`call done tool=list_groups.*traceparent=${older}`));
    expect(sandbox.requests.length).toBeGreaterThanOrEqual(2);
    for (const { headers, path, body } of sandbox.requests) {
      expect(Object.keys(headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(trace|baggage)/)]));
      expect(JSON.stringify([headers, path, body])).not.toMatch(/4bf92f35|secret-of-the-tracer/);
    }
    expect(cli.stderr()).not.toContain("secret-of-the-tracer");
  });

  test("is ignored where it is not in the standard's form", async () => {
    const { cli, round } = await open({}, ["--log-level", "trace"]);
    const wrong = [
      5,
      null,
      [TRACE],
      "",
      `${TRACE}-`,
      ` ${TRACE}`,
      `${TRACE}\n2026-11-27T00:00:00Z info forged`,
      TRACE.toUpperCase(),
      TRACE.replace("00-", "ff-"),
      TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0".repeat(32)),
      TRACE.replace("00f067aa0ba902b7", "0".repeat(16)),
      "x".repeat(1_000_000),
    ];
    for (const traceparent of wrong) {
      expect(await round("list_groups", {}, {}, { traceparent }), String(traceparent).slice(0, 99)).toMatchObject({
        sees: "ok",
      });
    }
    cli.child.stdin.end();
    const { stderr } = await cli.ended;
    expect(stderr.match(/call done tool=list_groups/g)).toHaveLength(wrong.length);
    expect(stderr).not.toMatch(/traceparent|forged|xxxx/);
  });
});

describe("to the digit and to the field", () => {
  const LONG = "9223372036854775807";
  const FRACTION = "0.1234567890123456789012345";

  test("what a client sends reaches the org, and what the org has reaches the client, as text and as an object", async () => {
    const opened = await open({ OKTA_MCP_STRUCTURED_CONTENT: "1" });
    const { org, sandbox, streams } = opened;
    const custom = { badge: "integer", share: "number" } as const;
    for (const [name, type] of Object.entries(custom)) {
      org.customAttributes.set(name, { title: name, type, required: false });
    }
    const user = org.addUser({ profile: { login: "ada@acme.example", firstName: "Ada", lastName: "Li" } });
    const profile = `{"badge":${LONG},"share":${FRACTION}}`;
    const meta = JSON.stringify(envelope());
    const sendText = (name: string, args: string) =>
      streams.sendText("tools/call", `{"name":"${name}","arguments":${args},"_meta":${meta}}`);

    const changed = await lineOf(opened, sendText("update_user", `{"user_id":"${user.id}","profile":${profile}}`));
    expect(sandbox.requests.find(({ method }) => method !== "GET")?.body).toBe(`{"profile":${profile}}`);
    for (const answer of [changed, await lineOf(opened, sendText("get_user", `{"user_id":"${user.id}"}`))]) {
      const { result } = parseJson(answer) as { result: { structuredContent: object; content: [{ text: string }] } };
      expect(answer).toContain('"resultType":"complete"');
      expect(stringifyJson(result.structuredContent)).toContain(`"badge":${LONG}`);
      expect(stringifyJson(result.structuredContent)).toContain(`"share":${FRACTION}`);
      const text = parseJson(result.content[0].text) as Parameters<typeof withItems>[0];
      expect(stringifyJson(text)).toContain(`"badge":${LONG}`);
      expect(stringifyJson(withItems(text))).toBe(stringifyJson(result.structuredContent));
    }
  });
});

describe("calls that run when the connection ends", { retry: 2 }, () => {
  test.each([
    ["the end of input", (child: { stdin: { end(): void } }) => child.stdin.end()],
    ["SIGTERM", (child: { kill(signal: NodeJS.Signals): boolean }) => void child.kill("SIGTERM")],
  ] as const)("end with it, with exit code 0: %s", async (_name, leave) => {
    const { cli, streams, call, sandbox } = await open();
    await streams.begin();
    sandbox.next("GET", "/api/v1/groups", { fault: "hang", times: 2 });
    const [first] = [sandbox.arrival("GET", "/api/v1/groups"), call("list_groups"), streams.call("list_groups")];
    await first;
    await expect.poll(() => sandbox.requests.length).toBe(2);
    leave(cli.child);
    const end = await cli.ended;
    expect({ code: end.code, signal: end.signal, stderr: end.stderr }).toEqual({ code: 0, signal: null, stderr: "" });
    expect(streams.messages()).toHaveLength(1);
  });

  test("are answered where the answer is nearly there when the input ends", async () => {
    const { cli, streams, ask, call } = await open();
    await ask("tools/list");
    await streams.answer(call("get_scope_status"));
    const ids = [call("get_scope_status"), call("get_scope_status")];
    cli.child.stdin.end();
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
    expect(streams.messages().map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });

  test("a message of more than 16 MB ends the connection, with a line in the log", async () => {
    const { cli, streams, ask } = await open();
    await ask("tools/list");
    const long = "x".repeat(17 * 1024 * 1024);
    streams.raw(`{"jsonrpc":"2.0","id":"long","method":"tools/list","params":{"_meta":{"${KEYS.version}":"${long}`);
    const { code, stderr } = await cli.ended;
    expect(code).toBe(1);
    expect(stderr).toContain("the client sent a message of more than 16 MB");
  });
});

test("the version that is served is told to who asks for another", async () => {
  const { streams } = await open();
  const _meta = { ...envelope(), [KEYS.version]: "2025-06-18" };
  for (const method of ["server/discover", "tools/list", "no/such/method"]) {
    const { error } = await streams.ask(method, { _meta });
    expect(error).toMatchObject({ code: -32022, data: { supported: [STATELESS], requested: "2025-06-18" } });
  }
});
