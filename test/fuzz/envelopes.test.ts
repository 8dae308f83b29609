import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { openOrg } from "../hostile/stdio.js";
import { startCli } from "../support/cli.js";
import { KEYS, STATELESS } from "../support/stateless.js";
import { type Message, speakTo } from "../support/stdio.js";

/** The same seed makes the same messages, e.g. `FUZZ_SEED=123 npx vitest run test/fuzz`. */
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = 10 * Number(process.env.FUZZ_RUNS ?? 100);

/** The errors of the protocol that a request may end with. */
const CODES = [-32600, -32601, -32602, -32021, -32022];

const anyJson = fc.jsonValue({ maxDepth: 3 });

/** Returns a member that is mostly right, and otherwise wrong in any way or missing. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 10, arbitrary: right }, anyJson, fc.constant(undefined));

/** Returns a member that is mostly missing. */
const seldom = (present: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, present, anyJson);

const capability = fc.constantFrom({}, { form: {} }, { form: {}, url: {} }, { url: {} });

const capabilities = fc.record({ elicitation: mostly(capability), roots: mostly(fc.constant({})), other: anyJson });

const meta = mostly(
  fc.record({
    [KEYS.version]: mostly(fc.constant(STATELESS)),
    [KEYS.client]: mostly(fc.constant({ name: "fuzz", version: "0" })),
    [KEYS.capabilities]: mostly(capabilities),
    [`${KEYS.version.split("/")[0]}/logLevel`]: seldom(fc.constant("debug")),
    progressToken: seldom(fc.string()),
    traceparent: seldom(fc.string()),
  }),
);

const answers = fc.oneof(
  anyJson,
  fc.dictionary(
    fc.constantFrom("confirm", "sign_in", "roots", "__proto__", "other"),
    fc.oneof(
      fc.constant({ action: "accept", content: { confirm: true } }),
      fc.record({ action: fc.constantFrom("accept", "decline", "cancel", "ACCEPT"), content: anyJson }),
      fc.constant({ roots: [{ uri: "file:///" }] }),
      anyJson,
    ),
  ),
);

/** A request. Whatever its parts are, it asks for no more than the removal of a group that a person has to agree to. */
const request = (groupId: string) =>
  fc.record({
    method: fc.oneof(
      { weight: 10, arbitrary: fc.constant("tools/call") },
      fc.constantFrom("tools/list", "server/discover", "subscriptions/listen", "initialize", "ping", "resources/list"),
      fc.string(),
    ),
    params: fc.record({
      _meta: meta,
      name: mostly(fc.constantFrom("delete_group", "get_group")),
      arguments: mostly(fc.constant({ group_id: groupId })),
      inputResponses: fc.oneof(fc.constant(undefined), answers),
      requestState: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.base64String(), fc.string(), anyJson),
      notifications: seldom(fc.record({ toolsListChanged: fc.boolean() })),
    }),
  });

test("whatever a client puts around a call, it is answered once, and nothing is removed", async () => {
  const { org, sandbox, env } = await openOrg();
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const cli = startCli(["run", "--log-level", "debug"], { env });
  const { raw } = speakTo(cli);
  const lines = { read: 0, rest: "" };
  const waiting = new Map<unknown, (message: Message) => void>();
  cli.child.stdout.on("data", (text: string) => {
    const parts = (lines.rest + text).split("\n");
    lines.rest = parts.pop() ?? "";
    for (const message of parts.map((part) => JSON.parse(part) as Message)) {
      if (message.method !== undefined) continue;
      lines.read += 1;
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  });
  const ask = (id: number, body: object) => {
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    raw(JSON.stringify({ jsonrpc: "2.0", id, ...body }));
    return answer;
  };
  onTestFinished(() => console.info(`fuzz: seed ${SEED}, ${lastId} messages, ${[...ends].map(String).join(", ")}`));
  const ends = new Map<unknown, number>();
  let lastId = 0;
  const property = fc.asyncProperty(request(lab.id), async (body) => {
    lastId += 1;
    const isListen = body.method === "subscriptions/listen";
    const answer = ask(lastId, body);
    // A subscription that is served is answered when the connection ends. The answer to a ping comes after its refusal.
    const { error, result } = isListen
      ? ((await Promise.race([answer, ask(-lastId, { method: "ping" })])) ?? {})
      : await answer;
    const end = error?.code ?? result.resultType ?? "older";
    ends.set(end, (ends.get(end) ?? 0) + 1);
    if (error !== undefined) {
      expect(CODES, JSON.stringify(error)).toContain(error.code);
      expect(error.message.length).toBeLessThan(2_000);
      expect(error.message).not.toMatch(/TypeError|RangeError|undefined is not|\.js:\d/);
    }
    if (!error && result.resultType !== undefined) expect(result._meta[KEYS.server].name).toBe("okta-mcp");
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect(org.groups.get(lab.id)).toBeDefined();
  expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  expect([...ends.keys()]).toEqual(expect.arrayContaining(["complete", "input_required", -32602, -32022]));
  cli.child.stdin.end();
  const { code, stderr } = await cli.ended;
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/error=bug|TypeError|RangeError|unexpected error/);
}, 120_000);
