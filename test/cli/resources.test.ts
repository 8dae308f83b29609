import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli, temporaryFolder } from "../support/cli.js";
import { json } from "./support-org.js";

/** A file of APIs that names a text alone, and the text. */
function settings() {
  const folder = temporaryFolder();
  const text = join(folder, "policies.md");
  writeFileSync(text, "# Time off");
  const file = join(folder, "apis.json");
  const resources = [{ uri: "docs://api/policies", file: "policies.md", title: "Time off" }];
  writeFileSync(file, JSON.stringify({ resources }), { mode: 0o600 });
  return { file, text };
}

describe("resources", () => {
  test("lists what an assistant can read, without any setting", async () => {
    const { code, stdout, stderr } = await runCli(["resources"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^okta:\/\/reference$/m);
    expect(stdout).toMatch(/^okta:\/\/reference\/errors\/\{code\}\n {2}What one error code means/m);
  });

  test("shows a text as an assistant gets it", async () => {
    const { code, stdout } = await runCli(["resources", "okta://reference/errors/missing_scope"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# Error missing_scope\n/);
    const scopes = (await runCli(["resources", "okta://reference/scopes", "--tools", "groups"])).stdout;
    expect(scopes).toContain("list_groups");
    expect(scopes).not.toContain("list_users");
  });

  test("has the texts of a company's own settings, and says which file cannot be read", async () => {
    const { file, text } = settings();
    const env = { OKTA_MCP_APIS: file };
    const listed = json(await runCli(["resources", "--json"], { env }));
    expect(listed.resources[0]).toEqual({
      uri: "docs://api/policies",
      name: "policies.md",
      title: "Time off",
      mimeType: "text/markdown",
    });
    expect((await runCli(["resources", "docs://api/policies"], { env })).stdout).toBe("# Time off\n");
    expect(json(await runCli(["resources", "docs://api/policies", "--json"], { env }))).toEqual({
      uri: "docs://api/policies",
      mimeType: "text/markdown",
      text: "# Time off",
    });
    rmSync(text);
    const gone = await runCli(["resources", "docs://api/policies"], { env });
    expect(gone.code).toBe(2);
    expect(gone.stderr).toMatch(/OKTA_MCP_APIS[\s\S]*resources\[0\]\.file cannot be read: .*policies\.md/);
  });

  test("says where there is no text, and what there is", async () => {
    const { code, stderr } = await runCli(["resources", "okta://reference/none"]);
    expect(code).toBe(1);
    expect(stderr).toContain("There is no text at okta://reference/none.");
    expect(stderr).toContain("okta-mcp resources");
  });
});
