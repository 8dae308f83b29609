import { describe, expect, test } from "vitest";
import * as z from "zod";
import { ALL_TOOLS } from "../../src/catalogue/choice.js";
import { listing, MOST_LISTED } from "../../src/catalogue/listed-tools.js";
import type { Scope } from "../../src/okta/scopes.js";
import { defineTool, type Effect, type Reach } from "../../src/tool.js";
import { areas } from "../../tools/index.js";
import { LEAVING, OWN_TOOLS } from "../../tools/shared/own-tools.js";
import { catalogue, toolsOfOurOwn } from "../support/catalogue.js";
import { connect } from "../support/client.js";
import { PEERS } from "../support/peers.js";

interface MadeUp {
  effect?: Exclude<Effect, "changes">;
  scope?: Scope;
  reaches?: "all" | readonly Reach[];
}

/** A tool that returns its own name. */
function madeUp(name: string, { effect = "reads", scope = "okta.users.read", reaches }: MadeUp = {}) {
  return defineTool({
    name,
    title: "Made up",
    description: "Answer with a name.",
    scope,
    effect,
    ...(reaches && { reaches }),
    input: z.strictObject({}),
    run: async () => ({ called: name }),
  });
}

const exportsOf = (tools: readonly { name: string }[]) => Object.fromEntries(tools.map((tool) => [tool.name, tool]));

/** A catalogue with the 106 tools of the specification, and `count` more named report_0, report_1 and so on. */
function crowded(count: number, ...others: ReturnType<typeof madeUp>[]) {
  const isOfficial = ([, tool]: [string, { name: string }]) => !(tool.name in OWN_TOOLS);
  const official = Object.fromEntries(
    Object.entries(areas).map(([area, tools]) => [
      area,
      Object.fromEntries(Object.entries<{ name: string }>(tools).filter(isOfficial)),
    ]),
  );
  const own = Array.from({ length: count }, (_, index) => madeUp(`report_${index}`));
  return { ...official, reports: exportsOf(own), others: exportsOf(others) };
}

/** The order in which tools leave the list: the last one first. */
const latestFirst = (count: number) => Array.from({ length: count }, (_, index) => `report_${count - 1 - index}`);

const OFFICIAL = 106;

const guide = madeUp("find_and_call", { reaches: "all" });

describe.each(PEERS)("a list of tools that is full, for a client of the sort %s", (peer) => {
  test("leaves out the tools that are needed least, and keeps the specification's and the one that reaches them", async () => {
    const { client, get } = await connect({ peer, tools: crowded(30, guide), leaving: latestFirst(30) });
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toHaveLength(MOST_LISTED);
    expect(names).toEqual([...names].sort());
    const own = names.filter((name) => name.startsWith("report_"));
    expect(own.sort()).toEqual(
      Array.from({ length: MOST_LISTED - OFFICIAL - 1 }, (_, index) => `report_${index}`).sort(),
    );
    expect(names).toContain("find_and_call");
    expect(catalogue.entries.filter(({ name }) => !(name in toolsOfOurOwn) && !names.includes(name))).toEqual([]);

    const status = await get("get_scope_status");
    expect(status.unlisted_tools).toHaveLength(9);
    expect(status.unlisted_tools).toContainEqual({
      name: "report_29",
      why: "the list has room for 128 tools, and other tools are needed more often; reached through find_and_call",
    });
    expect(status.what_to_do).toContainEqual(expect.stringContaining("OKTA_MCP_TOOLS"));
    // The tool is still on and works; it is only not listed.
    expect(status.active_tools).toContain("report_29");
    expect(await get("report_29")).toEqual({ called: "report_29" });
  });

  test("never loses a tool without a place in the order, however long it is", async () => {
    const { client } = await connect({ peer, tools: crowded(60, guide), leaving: latestFirst(60).slice(0, 5) });
    expect((await client.listTools()).tools).toHaveLength(OFFICIAL + 61 - 5);
  });

  test("has room again as soon as fewer tools are on", async () => {
    const only = { patterns: ["reports", "others", "users"], where: "OKTA_MCP_TOOLS" };
    const { client, get } = await connect({
      peer,
      tools: crowded(30, guide),
      leaving: latestFirst(30),
      choice: { ...ALL_TOOLS, include: only },
    });
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("report_29");
    expect((await get("get_scope_status")).unlisted_tools).toEqual([]);
  });
});

// Which tools leave a list is decided before any client asks for it.
describe("a list of tools that is full", () => {
  test("leaves nothing out where no listed tool finds and calls it", async () => {
    const length = async (...others: ReturnType<typeof madeUp>[]) => {
      const { client } = await connect({ tools: crowded(30, ...others), leaving: latestFirst(30) });
      return (await client.listTools()).tools.length;
    };
    expect(await length()).toBe(136);
    expect(await length(madeUp("find_only", { reaches: ["finds"] }))).toBe(137);
    expect(await length(madeUp("call_only", { reaches: ["reads"] }))).toBe(137);
    expect(await length(madeUp("find_and_remove", { reaches: ["finds", "removes"] }))).toBe(137);
    // A tool that the session may not use cannot reach the others.
    const other = {
      scopes: ["okta.users.read" as const],
      tools: crowded(140, madeUp("x_y", { scope: "okta.logs.read", reaches: "all" })),
    };
    const { client } = await connect({ ...other, leaving: latestFirst(140) });
    expect((await client.listTools()).tools.length).toBeGreaterThan(MOST_LISTED);
    // One tool that finds and one that reads are enough together.
    expect(await length(madeUp("find_it", { reaches: ["finds"] }), madeUp("read_it", { reaches: ["reads"] }))).toBe(
      MOST_LISTED,
    );
  });

  test("a tool that reaches others stays, even if it has a place in the order", () => {
    const card = (name: string, leaves: number) => ({ name, area: "x", scope: null, effect: "reads" as const, leaves });
    const cards = [card("a", 1), { ...card("b", 0), reaches: "all" as const }, card("c", 2)];
    expect(listing(cards, 2)).toEqual({ listed: [cards[1], cards[2]], unlisted: [cards[0]] });
    expect(listing(cards, 0).listed).toEqual([cards[1]]);
    expect(listing(cards, 3).unlisted).toEqual([]);
  });
});

describe("the order in which tools of our own leave", () => {
  test("begins with the rarest job, and of two with one job with the one that was written last", () => {
    const ranks = LEAVING.map((name) => OWN_TOOLS[name]);
    expect(ranks).toEqual([...ranks].sort((one, other) => Number(other) - Number(one)));
    expect(LEAVING.indexOf("get_change")).toBeLessThan(LEAVING.indexOf("list_changes"));
    expect(LEAVING).not.toContain("undo_change");
  });

  test("is the catalogue's, which all tools fit into", () => {
    const ordered = catalogue.entries.filter(({ leaves }) => leaves !== undefined);
    expect(ordered.map(({ name }) => name).sort()).toEqual([...LEAVING].sort());
    expect(listing(catalogue.entries).unlisted.map(({ name }) => name)).toEqual([]);
    expect(catalogue.entries.length).toBeLessThanOrEqual(MOST_LISTED);
  });
});
