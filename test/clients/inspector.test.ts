import { describe, expect, test } from "vitest";
import { requireBuild } from "../support/built.js";
import { requireCommand } from "../support/ci-tools.js";
import { CLIENT_TIMEOUT_MS, describeClient, openLab, valueIn } from "./each-client.js";
import { connectInspector, inspectorRequests } from "./inspector-peers.js";

const INSPECTOR = "@modelcontextprotocol/inspector";

for (const era of ["legacy", "modern"] as const) {
  describeClient({
    name: `the Inspector (${era})`,
    era,
    find: (context) => connectInspector(requireCommand(context, INSPECTOR, "mcpdo"), era),
  });
}

describe.each(["legacy", "auto"] as const)(
  "the Inspector with a server for each request (%s)",
  { timeout: CLIENT_TIMEOUT_MS },
  (era) => {
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
      expect(again.text).toContain("unknown here");
      expect(groups()).toContain("Lab");
    });
  },
);
