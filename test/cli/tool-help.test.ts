import { describe, expect, test } from "vitest";
import type { Io } from "../../src/cli/io.js";
import { showTool } from "../../src/cli/tool-help.js";
import { catalogue } from "../support/catalogue.js";
import { runCli } from "../support/cli.js";

function shown(name: string): string {
  const lines: string[] = [];
  const io = {
    stdout: { isTTY: false },
    out: (text: string) => void lines.push(text),
    style: (_: unknown, text: string) => text,
  };
  showTool(io as unknown as Io, catalogue, name, () => null);
  return lines.join("\n");
}

test("every tool is shown with its description, each argument and a call that names all it needs", () => {
  for (const { name, description } of catalogue.entries) {
    const text = shown(name);
    expect(text).toContain(description);
    const { properties, required = [] } = catalogue.schema(name);
    for (const argument of Object.keys(properties)) {
      if (argument !== "confirmation") expect(text, `${name} ${argument}`).toMatch(new RegExp(`^  ${argument} `, "m"));
    }
    const [, call = ""] = /^Example\n {2}(.*)$/m.exec(text) ?? [];
    expect(call).toMatch(new RegExp(`^okta-mcp call ${name}(?: |$)`));
    for (const argument of required) expect(call, name).toMatch(new RegExp(`--arg ${argument}=\\S`));
  }
});

test("an argument that is an object is shown with the fields that it has", () => {
  expect(shown("create_user")).toMatch(/^ +May have password \(object\), recovery_question \(object\)/m);
});

describe("okta-mcp", () => {
  test.each([[["tools", "delete_group"]], [["call", "delete_group", "--help"]], [["help", "call", "delete_group"]]])(
    "%j shows the tool and sends nothing",
    async (args) => {
      const { code, stdout, stderr } = await runCli(args, { env: { OKTA_SCOPES: "okta.groups.read" } });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^delete_group: Delete group\n/);
      expect(stdout).toMatch(/^Scope +okta\.groups\.manage \(Create, change and delete groups/m);
      expect(stdout).toMatch(/^On +no: its scope is not in OKTA_SCOPES$/m);
      expect(stdout).toMatch(/^ {2}group_id +required, text$/m);
      expect(stdout).toContain("okta-mcp call delete_group --arg group_id=ID");
    },
  );

  test("tools NAME --json is its schema; a misspelled name is told the right one", async () => {
    const { stdout } = await runCli(["tools", "list_groups", "--json"]);
    expect(JSON.parse(stdout).properties).toHaveProperty("search");
    const wrong = await runCli(["call", "delete_grup", "--help"]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("Did you mean delete_group?") });
    const elsewhere = await runCli(["tools", "list_user_groups"]);
    expect(elsewhere).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("list_group_users tells who is in a group"),
    });
    expect((await runCli(["call", "--help"])).stdout).toContain("Usage: okta-mcp call");
  });
});
