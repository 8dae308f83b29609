import { expect, test } from "vitest";
import { displayWidth } from "../../src/cli/columns.js";
import { showResult } from "../../src/cli/result.js";
import { catalogue } from "../support/catalogue.js";
import { objectsOf } from "../support/objects.js";
import { connectToHostile, type JsonObject, watchPrototypes } from "./org.js";
import { COLUMNS, terminal } from "./terminal.js";
import { expectVisible } from "./visible.js";

const lists = catalogue.entries.filter(({ name, scope }) => scope !== null && /^(?:list_|get_logs$)/.test(name));

test("every list of a hostile org is a table on a terminal: a line for each item, no more, with nothing hidden in it", async () => {
  watchPrototypes();
  const { client, org } = await connectToHostile({ maxResultChars: 2_000_000 });
  const objects: JsonObject[] = [...objectsOf(org)];
  for (const { name } of lists) {
    const { required = [] } = catalogue.definition(name).inputSchema as { required?: string[] };
    const fitting = objects.filter((one) => required.every((argument) => argument === "type" || argument in one));
    let args: JsonObject = {};
    let result: { items: unknown[] } = { items: [] };
    for (const object of fitting.reverse()) {
      if (result.items.length > 0) break;
      args = Object.fromEntries(required.map((argument) => [argument, object[argument] ?? "OKTA_SIGN_ON"]));
      const { structuredContent, isError } = await client.callTool({ name, arguments: args });
      expect(isError, name).not.toBe(true);
      result = structuredContent as { items: unknown[] };
    }
    expect(result.items, name).not.toEqual([]);
    for (const json of [false, true]) {
      const { io, written } = terminal();
      await showResult(io, { tool: name, args, json, sandbox: false }, result);
      expectVisible(written.stdout, name, { lines: true });
      expectVisible(written.stderr, name, { lines: true });
      if (json) expect(JSON.parse(written.stdout), name).toEqual(result);
      else {
        const lines = written.stdout.trimEnd().split("\n");
        expect(lines, name).toHaveLength(result.items.length + 1);
        // An id is never cut, because a person copies it; only a very long one makes a line too wide.
        const tooWide = lines.filter((line) => displayWidth(line) > COLUMNS);
        expect(
          tooWide.every(() => name === "list_users"),
          `${name}: ${tooWide[0]}`,
        ).toBe(true);
      }
    }
  }
}, 60_000);
