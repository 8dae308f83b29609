import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadSettings } from "../../src/config/config.js";
import { COMMAND, cleanEnv, runCli } from "../support/cli.js";
import { guardFile } from "./support.js";

interface ToolLine {
  name: string;
  effect: string;
  on: boolean;
  why: string | null;
}

async function toolsOf(args: readonly string[], env: Record<string, string> = {}): Promise<ToolLine[]> {
  const { code, stdout, stderr } = await runCli(["tools", "--json", "--sandbox", ...args], { env });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ToolLine[];
}

const settings = (env: Record<string, string>, flags: Record<string, string> = {}) => loadSettings({ flags, env }, []);

describe("OKTA_MCP_READ_ONLY", () => {
  test.each(["1", "true", "YES", "on"])("%s asks for read scopes alone", (yes) => {
    const OKTA_SCOPES = "okta.users.manage okta.users.read okta.groups.manage okta.realms.manage okta.odd.do";
    const { scopes, choice } = settings({ OKTA_SCOPES, OKTA_MCP_READ_ONLY: yes });
    expect(scopes).toEqual(["okta.users.read", "okta.groups.read", "okta.realms.read"]);
    expect(choice.readOnly).toBe("OKTA_MCP_READ_ONLY");
  });

  test.each(["0", "false", "No", "off"])("%j leaves everything as it is", (no) => {
    const { scopes, choice } = settings({ OKTA_SCOPES: "okta.users.manage", OKTA_MCP_READ_ONLY: no });
    expect([scopes, choice.readOnly]).toEqual([["okta.users.manage"], undefined]);
  });

  test.each(["2", "maybe", "ja"])("%s is refused, since somebody may rely on it", (word) => {
    expect(() => settings({ OKTA_MCP_READ_ONLY: word })).toThrow(`OKTA_MCP_READ_ONLY is "${word}". Give 1 or 0.`);
  });

  test("leaves in okta-mcp tools only what reads, and says why of the others", async () => {
    const lines = await toolsOf(["--tools", "users groups"], { OKTA_MCP_READ_ONLY: "1" });
    for (const { name, effect, on, why } of lines) {
      if (effect !== "reads")
        expect([on, why], name).toEqual([false, "OKTA_MCP_READ_ONLY leaves only tools on that read"]);
    }
    expect(lines.find(({ name }) => name === "list_users")?.on).toBe(true);
  });

  test("refuses a write from a shell before anything is sent, by flag too", async () => {
    const { code, stdout, stderr } = await runCli([
      "call",
      "create_group",
      '{"profile":{"name":"x"}}',
      "--read-only",
      "--yes",
      "--sandbox",
      "--json",
    ]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(JSON.parse(stderr.split("\n").at(-2) ?? "").error).toMatchObject({
      code: "protected",
      message: expect.stringContaining("create_group is off: --read-only leaves only tools on that read"),
    });
  });
});

describe("the choice of tools on the command line", () => {
  test("is shown by okta-mcp tools with the reasons", async () => {
    const guard = guardFile({ deny_tools: ["deactivate_*"] });
    const lines = await toolsOf(["--tools", "users,groups", "--exclude-tools", "delete_*", "--guard", guard]);
    const why = (tool: string) => lines.find(({ name }) => name === tool)?.why;
    expect(why("get_user")).toBeNull();
    expect(why("get_scope_status")).toBeNull();
    expect(why("list_applications")).toBe("--tools does not name it");
    expect(why("delete_group")).toBe("--exclude-tools excludes delete_*");
    expect(why("deactivate_user")).toBe(`deny_tools in ${guard} excludes deactivate_*`);
  });

  test("is shown to a person as well", async () => {
    const { code, stdout } = await runCli(["tools", "--sandbox", "--exclude-tools", "delete_group"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Off because --exclude-tools excludes it: delete_group");
  });

  test("with patterns that match nothing ends every command with exit code 2 and suggestions", async () => {
    const guard = guardFile({ deny_tools: ["frobnicate"] });
    for (const command of [["run"], ["tools"], ["status"], ["call", "list_users"]]) {
      const { code, stdout, stderr } = await runCli([
        ...command,
        "--sandbox",
        "--tools",
        "list_user",
        "--guard",
        guard,
      ]);
      expect([code, stdout], command[0]).toEqual([2, ""]);
      expect(stderr).toContain("--tools holds list_user, which matches no tool and no area; did you mean list_users?");
      expect(stderr).toContain(
        `deny_tools in ${guard} holds frobnicate, which matches no tool and no area; \`okta-mcp tools\``,
      );
    }
  });

  test("that is no pattern at all is refused", () => {
    expect(() => settings({ OKTA_MCP_TOOLS: "list users; rm" })).toThrow('OKTA_MCP_TOOLS holds "users;"');
    expect(() => settings({ OKTA_MCP_EXCLUDE_TOOLS: " , " })).toThrow("OKTA_MCP_EXCLUDE_TOOLS names no tool");
  });
});

describe("a guard file that is wrong", () => {
  test("ends the server at start with exit code 2, telling all that is wrong, other settings included", async () => {
    const guard = guardFile({ protect: { users: [{}] }, limits: { writes: { per_day: 1 } } });
    const { code, stdout, stderr } = await runCli(["run"], {
      env: { OKTA_MCP_GUARD: guard, OKTA_ORG_URL: "https://acme.okta.com", OKTA_SCOPES: "okta.users.read" },
    });
    expect([code, stdout]).toEqual([2, ""]);
    for (const text of [
      `OKTA_MCP_GUARD (${guard}): protect.users[0] needs exactly one of`,
      `OKTA_MCP_GUARD (${guard}): limits.writes has an unknown key`,
      "OKTA_CLIENT_ID is missing",
    ]) {
      expect(stderr).toContain(text);
    }
  });

  test("that cannot be read is as bad", async () => {
    const { code, stderr } = await runCli(["run", "--sandbox", "--guard", "/nowhere/guard.json"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--guard cannot be read: /nowhere/guard.json: there is no such file.");
  });
});

test("a call from a shell keeps to the guard file", async () => {
  const guard = guardFile({ protect: { groups: [{ pattern: "*", reason: "freeze" }] }, mask: ["email"] });
  const call = (tool: string, args: object) =>
    runCli(["call", tool, JSON.stringify(args), "--sandbox", "--json", "--yes", "--guard", guard]);
  const users = JSON.parse((await call("list_users", { limit: 5 })).stdout) as { items: { profile: object }[] };
  expect(users.items.map(({ profile }) => profile)).toEqual(
    Array.from({ length: 5 }, () => expect.objectContaining({ email: "[masked]" })),
  );
  // The sandbox makes the same company in each run.
  const groups = JSON.parse((await call("list_groups", {})).stdout) as { items: { id: string; type: string }[] };
  const group = groups.items.find(({ type }) => type === "OKTA_GROUP");
  const { code, stdout, stderr } = await call("delete_group", { group_id: group?.id });
  expect([code, stdout]).toEqual([1, ""]);
  expect(JSON.parse(stderr.split("\n").at(-2) ?? "").error).toMatchObject({
    code: "protected",
    data: { rule: "protect.groups[0]", file: guard, reason: "freeze" },
  });
});

test("the server as a client starts it keeps to its guard file", async () => {
  const guard = guardFile({ deny_tools: ["delete_*"] });
  const [command, ...args] = COMMAND;
  const client = new Client({ name: "test", version: "0.0.0" });
  const env = cleanEnv({ OKTA_MCP_GUARD: guard });
  await client.connect(new StdioClientTransport({ command, args: [...args, "--sandbox"], env, stderr: "ignore" }));
  onTestFinished(() => client.close());
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).not.toContain("delete_group");
  expect(tools.map(({ name }) => name)).toContain("update_group");
});
