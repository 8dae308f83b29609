import { describe, expect, type TestContext, test } from "vitest";
import { requireBuild } from "../support/built.js";
import { requireCommand, requireTool, versionOf } from "../support/ci-tools.js";
import { openCliOrg } from "../support/cli-org.js";
import { connectInspector, inspectorRequests } from "./inspector-peers.js";
import type { Connect, Peer, Told } from "./peer.js";
import { connectInstalled, connectOlder } from "./sdk-peers.js";

/** A client made by others, and what it can do. */
interface RealClient {
  name: string;
  era: Peer["era"];
  /** Returns how it connects. Skips the test where the client is not installed. */
  find(context: TestContext): Connect;
  /** False if it can ask nobody, whatever it is told. */
  asks?: false;
}

const OLD_SDK = "@modelcontextprotocol/sdk";
const INSPECTOR = "@modelcontextprotocol/inspector";
const inspector = (context: TestContext) => requireCommand(context, INSPECTOR, "mcpdo");

const CLIENTS: readonly RealClient[] = [
  { name: "the SDK of the older era", era: "legacy", find: () => connectOlder },
  {
    name: `the SDK of the older era, ${versionOf(OLD_SDK)}`,
    era: "legacy",
    find: (context) => connectInstalled(requireTool(context, OLD_SDK)),
    asks: false,
  },
  { name: "the Inspector", era: "legacy", find: (context) => connectInspector(inspector(context), "legacy") },
];

const SCOPES = ["okta.groups.manage", "okta.groups.read", "okta.users.read", "okta.apps.read"];

/** Opens an org with the group "Lab". */
async function openLab() {
  const { sandbox, org, signedIn } = await openCliOrg({ scopes: SCOPES, seed: null });
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const groups = () => org.groups.all().map(({ profile }) => profile.name);
  return { sandbox, lab, groups, env: signedIn };
}

/** Returns the one-time value in an error. Fails if the error does not ask for a confirmation. */
function valueIn({ isError, text }: Told): string {
  expect(isError).toBe(true);
  expect(text).toMatch(/^needs_confirmation: [\s\S]*Delete group: group "Lab"/);
  return /"confirmation":"([^"]+)"/.exec(text)?.[1] ?? expect.fail(text);
}

describe.each(CLIENTS)("$name", ({ era, find, asks = true }) => {
  test("connects, lists the tools and reads", async (context) => {
    requireBuild(context);
    const connect = find(context);
    const { env, groups } = await openLab();
    const client = await connect(env, null);
    expect(client.era).toBe(era);
    expect(await client.list()).toEqual(expect.arrayContaining(["list_groups", "delete_group"]));
    const { isError, text } = await client.call("list_groups", { q: "Lab" });
    expect(isError, text).toBe(false);
    expect(JSON.parse(text).items).toMatchObject([{ profile: { name: "Lab" } }]);
    expect(groups()).toContain("Lab");
  });

  const testQuestions = asks ? test : undefined;
  testQuestions?.("removes after a yes to the server's question, and nothing after a no", async (context) => {
    requireBuild(context);
    const connect = find(context);
    const { env, lab, groups } = await openLab();
    const unwilling = await connect(env, "no");
    const refused = await unwilling.call("delete_group", { group_id: lab.id });
    expect(refused).toMatchObject({ isError: true, text: expect.stringMatching(/^declined: Nothing was changed/) });
    expect(unwilling.asked).toEqual([expect.stringMatching(/^Delete group: group "Lab"/)]);
    expect(groups()).toContain("Lab");
    const willing = await connect(env, "yes");
    const done = await willing.call("delete_group", { group_id: lab.id });
    expect(done, done.text).toMatchObject({ isError: false });
    expect(willing.asked).toHaveLength(1);
    expect(groups()).not.toContain("Lab");
  });

  test("removes with the one-time value, where it can ask nobody", async (context) => {
    requireBuild(context);
    const connect = find(context);
    const { env, lab, groups } = await openLab();
    const client = await connect(env, null);
    const confirmation = valueIn(await client.call("delete_group", { group_id: lab.id }));
    expect(groups()).toContain("Lab");
    const done = await client.call("delete_group", { group_id: lab.id, confirmation });
    expect(done, done.text).toMatchObject({ isError: false });
    expect(client.asked).toEqual([]);
    expect(groups()).not.toContain("Lab");
  });
});

describe.each(["legacy"] as const)("the Inspector with a server for each request (%s)", (era) => {
  test("lists the tools, reads, and gets a value that is of no use to the next server", async (context) => {
    requireBuild(context);
    const command = requireCommand(context, INSPECTOR);
    const { env, lab, groups } = await openLab();
    const { list, call } = inspectorRequests(command, env, era);
    expect(await list()).toEqual(expect.arrayContaining(["list_groups", "delete_group"]));
    const read = await call("get_group", { group_id: lab.id });
    expect(read.isError, read.text).toBe(false);
    expect(JSON.parse(read.text)).toMatchObject({ id: lab.id, profile: { name: "Lab" } });
    const confirmation = valueIn(await call("delete_group", { group_id: lab.id }));
    const again = await call("delete_group", { group_id: lab.id, confirmation });
    expect(valueIn(again)).not.toBe(confirmation);
    expect(again.text).toContain("unknown here or was used already");
    expect(groups()).toContain("Lab");
  });
});
