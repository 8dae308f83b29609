import { describe, expect, test } from "vitest";
import { openOrg } from "../hostile/stdio.js";
import { expectVisible } from "../hostile/visible.js";
import { startCli } from "../support/cli.js";
import { envelope, KEYS, type RoundEnd, STATELESS, statelessly, YES } from "../support/stateless.js";
import { type Message, speakTo } from "../support/stdio.js";

const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const UNSUPPORTED_VERSION = -32022;

const { version, client, capabilities } = KEYS;
const ME = { name: "test", version: "0" };

/** This text must not come back anywhere but in the data of an error for who sent it. */
const HOSTILE = "hostile\u202E\u0007\n\u001B[2J Bearer 00abcdefghijklmnopqrstuvwxyz";

/** A JSON value of each kind, as text. */
const VALUES = ["null", "0", "-1", "1.5", "1e999", "true", "[]", '["x"]', '""', '"x"', "{}"];

/** JSON text that is nested so deep that a recursive reader would run out of stack. */
const DEEP = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;

/** Opens an org with the group "Lab", and a client that has begun nothing. */
async function open() {
  const { org, sandbox, env } = await openOrg();
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const cli = startCli(["run", "--log-level", "trace"], { env });
  const streams = speakTo(cli);
  /** Calls a tool that writes, with a `_meta` in JSON text. */
  const create = (meta: string): Promise<Message> => {
    const call = `{"name":"create_group","arguments":{"profile":{"name":"Made"}},"_meta":${meta}}`;
    return streams.answer(streams.sendText("tools/call", call));
  };
  const writes = () => sandbox.requests.filter(({ method }) => method !== "GET");
  /** Asserts that nothing was written and that the server lives, and that its log repeats nothing of the client. */
  const expectUnharmed = async () => {
    expect(writes()).toEqual([]);
    const { round } = statelessly(streams);
    expect(await round("list_groups")).toMatchObject({ sees: "ok" });
    cli.child.stdin.end();
    const { code, stderr } = await cli.ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/hostile|00abcdef|TypeError|RangeError|\.js:\d/);
    expectVisible(stderr, "the log", { lines: true });
  };
  return { org, sandbox, lab, cli, streams, create, writes, expectUnharmed };
}

/** Returns the members of an envelope as JSON text. A member that is given replaces the right one, or leaves it out. */
function metaWith(given: Record<string, string | undefined>): string {
  const right = {
    [version]: `"${STATELESS}"`,
    [client]: JSON.stringify(ME),
    [capabilities]: "{}",
  };
  const members = Object.entries({ ...right, ...given }).filter(([, value]) => value !== undefined);
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
}

describe("an envelope that is not right is refused, and no call is made", () => {
  const isText = (value: string) => value.startsWith('"');
  const isObject = (value: string) => value.startsWith("{");
  const wrong: [string, string, number][] = [
    ...VALUES.filter((value) => !isText(value)).map((value): [string, string, number] => [
      `the version ${value}`,
      metaWith({ [version]: value }),
      INVALID_PARAMS,
    ]),
    ...["", "x", "2025-11-25", "2026-07-29", "DRAFT-2026-v1", "__proto__", HOSTILE, "9".repeat(100_000)].map(
      (value): [string, string, number] => [
        `the version ${JSON.stringify(value.slice(0, 20))}`,
        metaWith({ [version]: JSON.stringify(value) }),
        UNSUPPORTED_VERSION,
      ],
    ),
    ["no version", metaWith({ [version]: undefined }), INVALID_PARAMS],
    ["a version nested deep", metaWith({ [version]: DEEP }), INVALID_PARAMS],
    ...VALUES.filter((value) => !isObject(value)).map((value): [string, string, number] => [
      `the capabilities ${value}`,
      metaWith({ [capabilities]: value }),
      INVALID_PARAMS,
    ]),
    ["no capabilities", metaWith({ [capabilities]: undefined }), INVALID_PARAMS],
    ["capabilities nested deep", metaWith({ [capabilities]: DEEP }), INVALID_PARAMS],
    ...["elicitation", "roots", "sampling", "extensions"].map((name): [string, string, number] => [
      `the capability ${name} as a number`,
      metaWith({ [capabilities]: `{"${name}":5}` }),
      INVALID_PARAMS,
    ]),
    ...VALUES.filter((value) => !isObject(value)).map((value): [string, string, number] => [
      `the client ${value}`,
      metaWith({ [client]: value }),
      INVALID_PARAMS,
    ]),
    ["a client without a name", metaWith({ [client]: "{}" }), INVALID_PARAMS],
    ["a client whose name is a list", metaWith({ [client]: '{"name":[],"version":"0"}' }), INVALID_PARAMS],
    [
      "a client whose name is inherited",
      metaWith({ [client]: '{"__proto__":{"name":"x","version":"0"}}' }),
      INVALID_PARAMS,
    ],
    ["nothing but the client", metaWith({ [version]: undefined, [capabilities]: undefined }), INVALID_PARAMS],
    ["nothing but the version", metaWith({ [client]: undefined, [capabilities]: undefined }), INVALID_PARAMS],
    ["nothing but the capabilities", metaWith({ [version]: undefined, [client]: undefined }), INVALID_PARAMS],
    ["an inherited envelope", `{"__proto__":${metaWith({})}}`, INVALID_REQUEST],
    ["an envelope in the wrong case", metaWith({}).toUpperCase(), INVALID_REQUEST],
    ["the version twice, the second wrong", metaWith({}).replace(/}$/, `,"${version}":5}`), INVALID_PARAMS],
    ["a progress token of the wrong kind", metaWith({ progressToken: "{}" }), INVALID_REQUEST],
    ["a progress token that JavaScript has not", metaWith({ progressToken: "9007199254740993" }), INVALID_REQUEST],
    ...VALUES.filter((value) => !isObject(value)).map((value): [string, string, number] => [
      `${value} in its place`,
      value,
      INVALID_REQUEST,
    ]),
  ];

  test("whatever is wrong with it", async () => {
    const { create, expectUnharmed } = await open();
    for (const [what, meta, code] of wrong) {
      const { error, result } = await create(meta);
      expect(error?.code, `${what}: ${JSON.stringify(result ?? error).slice(0, 300)}`).toBe(code);
      expect(JSON.stringify(error).length, what).toBeLessThan(700);
    }
    await expectUnharmed();
  });

  test("and the version that was asked for is told back, in parts where it is long", async () => {
    const { create } = await open();
    for (const [asked, requested] of [
      ["2025-11-25", "2025-11-25"],
      ["9".repeat(100_000), "9".repeat(100)],
      [HOSTILE, HOSTILE],
    ] as const) {
      const { error } = await create(metaWith({ [version]: JSON.stringify(asked) }));
      expect(error).toMatchObject({ code: UNSUPPORTED_VERSION, data: { supported: [STATELESS], requested } });
    }
  });

  test("and one of 10 MB is read or refused, and the next request answered", async () => {
    const { create, writes, streams, cli, expectUnharmed } = await open();
    const long = `"${"x".repeat(10 * 1024 * 1024)}"`;
    expect((await create(metaWith({ [version]: long }))).error?.code).toBe(UNSUPPORTED_VERSION);
    expect((await create(metaWith({ [capabilities]: long }))).error?.code).toBe(INVALID_PARAMS);
    expect((await create(metaWith({ [client]: long }))).error?.code).toBe(INVALID_PARAMS);
    const many = (count: number, value: string) =>
      `{${Array.from({ length: count }, (_, index) => `"${index}":${value}`).join(",")}}`;
    const wrong = await create(metaWith({ [capabilities]: `{"experimental":${many(100_000, "5")}}` }));
    expect(wrong.error?.code).toBe(INVALID_PARAMS);
    expect(JSON.stringify(wrong).length).toBeLessThan(2_000);
    // The id of a message with so many values is not read.
    streams.raw(`{"jsonrpc":"2.0","id":"many","method":"tools/list","params":{"_meta":${many(1_000_000, "{}")}}}`);
    await cli.seen("stdout", /"id":null,"error":\{"code":-32600,"message":"Invalid request: the message holds more/);
    expect(writes()).toEqual([]);
    await expectUnharmed();
  });
});

test("what an envelope may have besides is served: hostile names, unknown members, no client", async () => {
  const { streams, lab, writes, expectUnharmed } = await open();
  const odd = [
    metaWith({ [client]: undefined }),
    metaWith({ [client]: JSON.stringify({ name: HOSTILE, version: HOSTILE, extra: [HOSTILE], title: HOSTILE }) }),
    metaWith({ [capabilities]: JSON.stringify({ [HOSTILE]: { [HOSTILE]: HOSTILE } }) }),
    metaWith({ [HOSTILE]: JSON.stringify(HOSTILE), __proto__: "5", constructor: "5" }),
    metaWith({ "io.modelcontextprotocol/unheard-of": "123456789012345678901234567890" }),
    metaWith({}).replace(/}$/, `,"${version}":"${STATELESS}"}`),
  ];
  for (const meta of odd) {
    const id = streams.sendText(
      "tools/call",
      `{"name":"get_group","arguments":{"group_id":"${lab.id}"},"_meta":${meta}}`,
    );
    const { result, error } = await streams.answer(id);
    expect(error, meta).toBeUndefined();
    expect(JSON.parse(result.content[0].text)).toMatchObject({ profile: { name: "Lab" } });
  }
  expect(writes()).toEqual([]);
  await expectUnharmed();
});

describe("a repeated call", () => {
  /** Asks for a removal, repeats the call with each of these parts, and returns how each ended. */
  async function ends(bring: (state: string) => readonly (readonly [what: string, brought: string])[]) {
    const { streams, lab, org, ...rest } = await open();
    const { round } = statelessly(streams);
    const { state } = await round("delete_group", { group_id: lab.id });
    const call = `"name":"delete_group","arguments":{"group_id":"${lab.id}"}`;
    const seen: Record<string, string> = {};
    for (const [what, brought] of bring(state)) {
      const meta = JSON.stringify(envelope({ elicitation: {} }));
      const { result, error } = await streams.answer(
        streams.sendText("tools/call", `{${call},${brought},"_meta":${meta}}`),
      );
      seen[what] = String(error?.code ?? (result.isError ? result.content[0].text.split(":")[0] : result.resultType));
    }
    expect(org.groups.get(lab.id)).toBeDefined();
    await rest.expectUnharmed();
    return seen;
  }
  const answers = (what: string, value: string) => [what, `"inputResponses":${value}`] as const;
  const yes = JSON.stringify(YES.confirm);

  test("with a state of any other kind is refused", async () => {
    const seen = await ends((state) =>
      [
        ...VALUES,
        DEEP,
        `["${state}"]`,
        `{"state":"${state}"}`,
        `"${state}\\u0000"`,
        `"\\u0000${state}"`,
        `" ${state}"`,
        `"${state}=="`,
        `"${"x".repeat(10 * 1024 * 1024)}"`,
        JSON.stringify(HOSTILE),
      ].map((value) => [value.slice(0, 150), `"requestState":${value},"inputResponses":${JSON.stringify(YES)}`]),
    );
    expect(new Set(Object.values(seen)), JSON.stringify(seen)).toEqual(new Set([String(INVALID_PARAMS)]));
    expect(Object.keys(seen).length).toBeGreaterThan(VALUES.length + 5);
  });

  test("with answers of any other kind is asked about again, or refused", async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`confirm${index}`, YES.confirm]));
    const seen = await ends((state) =>
      [
        ...VALUES.map((value) => answers(`answers ${value}`, value)),
        ...VALUES.filter((value) => !["{}", "1e999"].includes(value)).map((value) =>
          answers(`answer ${value}`, `{"confirm":${value}}`),
        ),
        answers("wrapped", `{"confirm":{"method":"elicitation/create","result":${yes}}}`),
        answers("wrapped in a result", `{"confirm":{"result":${yes}}}`),
        answers("in a list", `[${yes}]`),
        answers("inherited", `{"__proto__":{"confirm":${yes}}}`),
        answers("of others", JSON.stringify(many)),
        answers("deep", `{"confirm":${DEEP}}`),
      ].map(([what, brought]) => [what, `"requestState":"${state}",${brought}`] as const),
    );
    expect(new Set(Object.values(seen)), JSON.stringify(seen)).toEqual(new Set(["input_required"]));
  });

  test.each([
    ["no action", "{}"],
    ["a number that JavaScript has not", "1e999"],
    ["an accept without content", '{"action":"accept"}'],
    ["an accept of nothing", '{"action":"accept","content":null}'],
    ["a yes as text", '{"action":"accept","content":{"confirm":"true"}}'],
    ["a yes in a list", '{"action":"accept","content":[true]}'],
    ["a yes by inheritance", '{"action":"accept","content":{"__proto__":{"confirm":true}}}'],
    ["an unknown action", `{"action":${JSON.stringify(HOSTILE)},"content":{"confirm":true}}`],
    ["an action in capitals", '{"action":"ACCEPT","content":{"confirm":true}}'],
    ["a list of actions", '{"action":["accept"],"content":{"confirm":true}}'],
  ])("with %s has no yes", async (what, answer) => {
    const seen = await ends((state) => [[what, `"requestState":"${state}","inputResponses":{"confirm":${answer}}`]]);
    expect(seen).toEqual({ [what]: "declined" });
  });
});

test("what is no method of the revision is none, in a right envelope", async () => {
  const { streams, expectUnharmed } = await open();
  const { ask } = statelessly(streams);
  const methods = [
    "initialize",
    "ping",
    "logging/setLevel",
    "resources/subscribe",
    "prompts/list",
    "prompts/get",
    "tasks/get",
    "elicitation/create",
    "roots/list",
    "notifications/initialized",
    "no/such/method",
    "tools/call ",
    "__proto__",
    "toString",
    HOSTILE,
    "",
  ];
  for (const method of methods) expect((await ask(method)).error, method).toMatchObject({ code: METHOD_NOT_FOUND });
  const initialize = await ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: ME });
  expect(initialize.error).toMatchObject({ code: METHOD_NOT_FOUND });
  const early = await streams.answer(streams.call("list_groups"));
  expect(early.error, "the enveloped initialize began no session").toMatchObject({ code: INVALID_REQUEST });
  await expectUnharmed();
});

test("wrong parameters of a call are named, and no call is made", async () => {
  const { streams, expectUnharmed } = await open();
  const meta = JSON.stringify(envelope());
  for (const [params, why] of [
    ['"name":5', "params.name"],
    ['"arguments":{}', "params.name"],
    ['"name":"create_group","arguments":[]', "params.arguments"],
    ['"name":"create_group","arguments":5', "params.arguments"],
    ['"name":["create_group"],"arguments":{}', "params.name"],
  ] as const) {
    const { error } = await streams.answer(streams.sendText("tools/call", `{${params},"_meta":${meta}}`));
    expect(error, params).toMatchObject({ code: INVALID_PARAMS, message: expect.stringContaining(why) });
  }
  const { error } = await streams.answer(streams.sendText("tools/list", `{"cursor":"x","_meta":${meta}}`));
  expect(error).toMatchObject({ code: INVALID_PARAMS });
  const refused = await statelessly(streams).round(HOSTILE);
  expect(refused).toMatchObject<Partial<RoundEnd>>({ sees: "bad_input" });
  expect(refused.text).not.toContain("hostile");
  await expectUnharmed();
});

test("notifications in envelopes are answered by nothing, and a batch is refused", async () => {
  const { streams, cli, expectUnharmed } = await open();
  const { ask } = statelessly(streams);
  const notify = (method: string, params: object = {}) =>
    streams.write({ method, params: { ...params, _meta: envelope() } });
  const call = { name: "create_group", arguments: { profile: { name: "Made" } }, _meta: envelope() };
  for (let i = 0; i < 2; i += 1) {
    for (const method of ["tools/call", "tools/list", "server/discover", "notifications/initialized", HOSTILE]) {
      notify(method, call);
    }
    notify("notifications/cancelled", { requestId: "nothing" });
    notify("notifications/cancelled", { requestId: { deep: [] } });
    notify("notifications/progress", { progressToken: 5, progress: 1 });
    await ask("tools/list");
  }
  expect(streams.messages()).toHaveLength(2);
  const request = { jsonrpc: "2.0", method: "tools/call", params: call };
  streams.raw(
    JSON.stringify([
      { ...request, id: "a" },
      { ...request, id: "b" },
    ]),
  );
  await cli.seen("stdout", /"id":"b"/);
  const refused = streams.messages().filter(({ error }) => error !== undefined);
  expect(refused.map(({ id, error }) => [id, error?.code])).toEqual([
    ["a", INVALID_REQUEST],
    ["b", INVALID_REQUEST],
  ]);
  await expectUnharmed();
});
