import { setTimeout as delay } from "node:timers/promises";
import type { CallToolResult } from "@modelcontextprotocol/client";
import { expect } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { openOrg } from "../hostile/stdio.js";
import { whereBuilt } from "../support/built.js";
import { startCli } from "../support/cli.js";
import { openCliOrg } from "../support/cli-org.js";
import { withItems } from "../support/result-text.js";
import { connectPinned, KEYS, type Person, statelessly, YES } from "../support/stateless.js";
import { speakTo } from "../support/stdio.js";

const INVALID_PARAMS = -32602;

const yes: Person = () => ({ action: "accept", content: { confirm: true } });

/** A person needs this time to read a question. The server takes a faster no for the client's own. */
const READING_MS = 300;

const no: Person = async () => {
  await delay(READING_MS);
  return { action: "decline" };
};

/** Returns the text of a result, which is the part that a model reads. */
function textOf(result: CallToolResult): string {
  const [content] = result.content;
  return content?.type === "text" ? content.text : expect.fail("no text");
}

/** Returns the result of a read as an object. */
const dataOf = (result: CallToolResult) => withItems(JSON.parse(textOf(result)));

/** Opens an org with the group "Lab", and a client that is signed in to it. Returns functions that look at the org. */
async function openLab(person: Person | null = yes, env: Record<string, string> = {}) {
  const { org, sandbox, env: signedIn } = await openOrg();
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const cli = startCli([], { env: { ...signedIn, ...env } });
  const asked: string[] = [];
  const client = await connectPinned(
    cli,
    person
      ? (question) => {
          asked.push(question.message);
          return person(question);
        }
      : undefined,
  );
  const call = (name: string, args: object = {}) => client.callTool({ name, arguments: { ...args } });
  const names = () => org.groups.all().map(({ profile }) => profile.name);
  const writes = () => sandbox.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);
  return { org, sandbox, lab, cli, client, asked, call, names, writes };
}

/** Opens the same org, with a client whose messages the test writes itself. */
async function openRaw(capabilities?: object) {
  const { org, sandbox, env } = await openOrg();
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const { round } = statelessly(speakTo(startCli([], { env })), capabilities);
  const args = { group_id: lab.id };
  const isThere = () => org.groups.get(lab.id) !== undefined;
  const writes = () => sandbox.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);
  return { org, lab, round, args, isThere, writes };
}

whereBuilt("a person signs in by a link, and the same call goes on", async () => {
  const { sandbox, env } = await openCliOrg({ scopes: ["okta.groups.read"], seed: null, deviceIntervalSeconds: 1 });
  sandbox.org.addUser({ profile: { login: ADMIN_LOGIN } });
  sandbox.org.addGroup({ profile: { name: "Lab" } });
  const links: string[] = [];
  const client = await connectPinned(startCli([], { env }), async (question) => {
    if (question.mode !== "url") return expect.fail("no link");
    links.push(question.url);
    const page = await (await fetch(question.url)).text();
    const code = /code (\S+);/.exec(question.message)?.[1] ?? "";
    expect(page).toContain(code);
    sandbox.authorization.control.approve(code);
    return { action: "accept" };
  });
  const result = await client.callTool({ name: "list_groups", arguments: { q: "Lab" } });
  expect(result.isError, textOf(result)).toBeUndefined();
  expect(dataOf(result).items).toMatchObject([{ profile: { name: "Lab" } }]);
  expect(links).toEqual([expect.stringContaining("/activate?user_code=")]);
  await client.callTool({ name: "list_groups" });
  expect(links).toHaveLength(1);
});

whereBuilt("a person who does not want the link ends the sign-in", async () => {
  const { env } = await openCliOrg({ scopes: ["okta.groups.read"], seed: null });
  const client = await connectPinned(startCli([], { env }), no);
  const result = await client.callTool({ name: "list_groups" });
  expect(result).toMatchObject({ isError: true });
  expect(textOf(result)).toMatch(/^login_denied: The person did not want to open the sign-in link\./);
});

whereBuilt("a client reads, writes, and undoes what it wrote with a yes", async () => {
  const { call, names, asked } = await openLab();
  expect(dataOf(await call("list_groups", { q: "Lab" })).items).toMatchObject([{ profile: { name: "Lab" } }]);
  const made = await call("create_group", { profile: { name: "New", description: "made" } });
  expect(made.isError, textOf(made)).toBeUndefined();
  expect(names()).toContain("New");
  expect(asked).toEqual([]);
  const [change] = dataOf(await call("list_changes", { limit: 1 })).items as { id: string }[];
  const undone = await call("undo_change", { change_id: change?.id });
  expect(undone.isError, textOf(undone)).toBeUndefined();
  expect(asked).toEqual([expect.stringContaining("delete_group")]);
  expect(names()).not.toContain("New");
});

whereBuilt("a removal happens after a yes, and is on record as a person's", async () => {
  const { call, lab, names, asked } = await openLab();
  const done = await call("delete_group", { group_id: lab.id });
  expect(done.isError, textOf(done)).toBeUndefined();
  expect(asked).toEqual([expect.stringMatching(/^Delete group: group "Lab"/)]);
  expect(names()).not.toContain("Lab");
  const changes = dataOf(await call("list_changes")).items;
  expect(changes).toMatchObject([{ tool: "delete_group", outcome: "done", confirmed: "person" }]);
});

whereBuilt("nothing is removed after a no", async () => {
  const { call, lab, names, asked, writes } = await openLab(no);
  const refused = await call("delete_group", { group_id: lab.id });
  expect(refused.isError).toBe(true);
  expect(textOf(refused)).toMatch(/^declined: Nothing was changed\. The person declined\./);
  expect(asked).toHaveLength(1);
  expect(names()).toContain("Lab");
  expect(writes()).toEqual([]);
});

whereBuilt("a person is asked again where the target changes while they think", async () => {
  const { call, lab, names, asked, org } = await openLab(() => {
    // The second question is about the group with its new member.
    if (asked.length === 1) org.groups.addMember(lab, org.addUser({ profile: { login: "ada@acme.example" } }));
    return { action: "accept", content: { confirm: true } };
  });
  const done = await call("delete_group", { group_id: lab.id });
  expect(done.isError, textOf(done)).toBeUndefined();
  expect(asked).toEqual([
    expect.stringContaining("- 0 members"),
    expect.stringMatching(/- 1 member: ada@acme\.example[\s\S]*this has changed since the last question/),
  ]);
  expect(names()).not.toContain("Lab");
});

whereBuilt("a client that can ask nobody removes with the one-time value", async () => {
  const { call, lab, names } = await openLab(null);
  const refused = textOf(await call("delete_group", { group_id: lab.id }));
  expect(refused).toMatch(/^needs_confirmation: /);
  const confirmation = /"confirmation":"([^"]+)"/.exec(refused)?.[1];
  const done = await call("delete_group", { group_id: lab.id, confirmation });
  expect(done.isError, textOf(done)).toBeUndefined();
  expect(names()).not.toContain("Lab");
});

whereBuilt("a client that must be able to ask and is not is told which capability it lacks", async () => {
  const { call, lab, names } = await openLab(null, { OKTA_MCP_CONFIRM: "elicit-only" });
  await expect(call("delete_group", { group_id: lab.id })).rejects.toMatchObject({
    code: -32021,
    data: { requiredCapabilities: { elicitation: { form: {} } } },
  });
  expect(names()).toContain("Lab");
});

whereBuilt("a forged state is refused, and the good one still counts", async () => {
  const { round, args, isThere, writes } = await openRaw();
  const { state } = await round("delete_group", args);
  const middle = state.length / 2;
  const other = state[middle] === "A" ? "B" : "A";
  const forged = [
    "",
    "forged",
    state.slice(1),
    `${state}A`,
    `${state.slice(0, middle)}${other}${state.slice(middle + 1)}`,
    state.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
  ];
  for (const requestState of forged) {
    const refused = await round("delete_group", args, { requestState, inputResponses: YES });
    expect(refused, requestState).toMatchObject({ sees: INVALID_PARAMS });
    expect(refused.text).toMatch(/^Nothing was done: the requestState was not given out by this server/);
  }
  expect(writes()).toEqual([]);
  expect(await round("delete_group", args, { requestState: state, inputResponses: YES })).toMatchObject({ sees: "ok" });
  expect(isThere()).toBe(false);
});

whereBuilt("a state that was used already is asked about again, and nothing is done", async () => {
  const { round, args, isThere, writes } = await openRaw();
  const { state } = await round("delete_group", args);
  const brought = { requestState: state, inputResponses: { confirm: { action: "cancel" } } };
  await delay(READING_MS);
  expect(await round("delete_group", args, brought)).toMatchObject({ sees: "declined" });
  const again = await round("delete_group", args, { requestState: state, inputResponses: YES });
  expect(again).toMatchObject({ sees: "asks", questions: { confirm: expect.stringContaining("was used already") } });
  expect(again.state).not.toBe(state);
  expect(isThere()).toBe(true);
  expect(writes()).toEqual([]);
});

whereBuilt("two answers with one state at once do one removal", async () => {
  const { round, args, isThere, writes } = await openRaw();
  const { state } = await round("delete_group", args);
  const brought = { requestState: state, inputResponses: YES };
  const both = await Promise.all([round("delete_group", args, brought), round("delete_group", args, brought)]);
  expect(both.filter(({ sees }) => sees === "ok")).toHaveLength(1);
  expect(isThere()).toBe(false);
  expect(writes()).toEqual(["DELETE"]);
});

whereBuilt("a state of another call is asked about again, and nothing is done", async () => {
  const { round, args, lab, org, writes } = await openRaw();
  const other = org.addGroup({ profile: { name: "Other" } });
  const ada = org.addUser({ profile: { login: "ada@acme.example" } });
  const { state } = await round("delete_group", args);
  const brought = { requestState: state, inputResponses: YES };
  const moved = await round("delete_group", { group_id: other.id }, brought);
  expect(moved.questions.confirm).toMatch(/^Delete group: group "Other"[\s\S]*the answer was for another call/);
  const otherTool = await round("deactivate_user", { user_id: ada.id }, brought);
  expect(otherTool).toMatchObject({ sees: "asks", questions: { confirm: expect.stringContaining("another call") } });
  expect(writes()).toEqual([]);
  expect(org.groups.get(lab.id)).toBeDefined();
  expect(await round("delete_group", args, brought)).toMatchObject({ sees: "ok" });
});

whereBuilt("answers without a state count for nothing, and neither does a state without answers", async () => {
  const { round, args, isThere, writes } = await openRaw();
  expect(await round("delete_group", args, { inputResponses: YES })).toMatchObject({ sees: "asks" });
  const { state } = await round("delete_group", args);
  expect(await round("delete_group", args, { requestState: state })).toMatchObject({ sees: "asks" });
  const wrongId = { sign_in: YES.confirm, Confirm: YES.confirm, "": YES.confirm };
  expect(await round("delete_group", args, { requestState: state, inputResponses: wrongId })).toMatchObject({
    sees: "asks",
  });
  expect(isThere()).toBe(true);
  expect(writes()).toEqual([]);
});

whereBuilt("a one-time value is no state, and a state is no one-time value", async () => {
  const { round, args, isThere, writes } = await openRaw();
  const { state } = await round("delete_group", args);
  const asValue = { ...args, confirmation: state };
  expect(await round("delete_group", asValue), "by a client that asks").toMatchObject({ sees: "asks" });

  const cannotAsk = await openRaw({});
  const { text } = await cannotAsk.round("delete_group", cannotAsk.args);
  const value = /"confirmation":"([^"]+)"/.exec(text)?.[1] ?? expect.fail(text);
  const asState = { requestState: value, inputResponses: YES };
  expect(await cannotAsk.round("delete_group", cannotAsk.args, asState)).toMatchObject({ sees: INVALID_PARAMS });
  expect(await round("delete_group", args, { requestState: value, inputResponses: YES })).toMatchObject({
    sees: INVALID_PARAMS,
  });
  expect([isThere(), cannotAsk.isThere()]).toEqual([true, true]);
  expect([writes(), cannotAsk.writes()]).toEqual([[], []]);
});

whereBuilt("the state of a question counts as no one-time value in the same process", async () => {
  const { org, env } = await openOrg();
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const streams = speakTo(startCli([], { env }));
  const [asks, cannotAsk] = [statelessly(streams), statelessly(streams, {})];
  const args = { group_id: lab.id };
  const { state } = await asks.round("delete_group", args);
  const refused = await cannotAsk.round("delete_group", { ...args, confirmation: state });
  expect(refused).toMatchObject({ sees: "needs_confirmation", text: expect.stringContaining("it is unknown here") });
  const value = /"confirmation":"([^"]+)"/.exec(refused.text)?.[1] ?? "";
  const asState = await asks.round("delete_group", args, { requestState: value, inputResponses: YES });
  expect(asState).toMatchObject({ sees: INVALID_PARAMS });
  expect(org.groups.get(lab.id)).toBeDefined();
});

whereBuilt(
  "a client that asks for progress is told each step of its call before the answer, and of no other",
  async () => {
    const { org, env } = await openOrg();
    for (let i = 0; i < 5; i += 1) org.addUser({ profile: { login: `user${i}@acme.example` } });
    const streams = speakTo(startCli([], { env }));
    const { call } = statelessly(streams);
    const reported = call("list_users", { limit: 2, fetch_all: true }, {}, { progressToken: "mine" });
    const silent = call("list_groups", { fetch_all: true });
    await Promise.all([streams.answer(reported), streams.answer(silent)]);
    const messages = streams.messages().filter(({ id }) => id !== silent);
    expect(messages.at(-1)?.id).toBe(reported);
    const steps = messages.slice(0, -1) as { method?: string; params?: { progress: number; message: string } }[];
    expect(steps.map(({ params }) => params)).toEqual([
      { progressToken: "mine", progress: 1, message: "Read 2 items in 1 page" },
      { progressToken: "mine", progress: 2, message: "Read 4 items in 2 pages" },
      ...steps.slice(2).map(({ params }, index) => ({ ...params, progressToken: "mine", progress: index + 3 })),
    ]);
    expect(new Set(steps.map(({ method }) => method))).toEqual(new Set(["notifications/progress"]));
  },
);

whereBuilt("a cancelled call ends its request to the org, is never answered, and the next call works", async () => {
  const { client, cli, sandbox } = await openLab();
  sandbox.next("GET", "/api/v1/groups", { fault: "hang" });
  const controller = new AbortController();
  const arrived = sandbox.arrival("GET", "/api/v1/groups");
  const cancelled = client.callTool({ name: "list_groups" }, { signal: controller.signal });
  const refused = expect(cancelled).rejects.toThrow();
  await arrived;
  controller.abort();
  await refused;
  const next = await client.callTool({ name: "list_groups" });
  expect(dataOf(next).items).toHaveLength(1);
  cli.child.stdin.end();
  const { code, stdout } = await cli.ended;
  expect(code).toBe(0);
  // The probe and the second call are answered.
  expect(stdout.match(/"result":/g)).toHaveLength(2);
  expect(stdout).not.toContain('"error"');
});

whereBuilt("every result of a pinned client names the server", async () => {
  const { client, cli } = await openLab();
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThan(100);
  await client.callTool({ name: "list_groups", arguments: { limit: "many" } });
  const results = cli
    .stdout()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).result);
  expect(results).toHaveLength(3);
  for (const result of results) {
    expect(result).toMatchObject({ resultType: "complete", _meta: { [KEYS.server]: { name: "okta-mcp" } } });
  }
});
