import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getMcpConfigForManifest, unpackExtension, v0_3 } from "@anthropic-ai/mcpb";
import { describe, expect, onTestFinished, test } from "vitest";
import { mcpbManifest, packMcpb } from "../../scripts/pack/mcpb.js";
import { type PackageFacts, serverJson, serverJsonSchema } from "../../scripts/pack/server-json.js";
import { SETTINGS } from "../../src/config/settings.js";
import { whereBuilt } from "../support/built.js";
import { catalogue } from "../support/catalogue.js";
import { ROOT, spawnProcess } from "../support/cli.js";
import { INITIALIZE } from "../support/stdio.js";

const facts: PackageFacts = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const SETTING_NAMES: string[] = Object.values(SETTINGS).map(({ env }) => env);

describe("server.json", () => {
  const written: unknown = JSON.parse(readFileSync(join(ROOT, "server.json"), "utf8"));

  test("is what `npm run bundles` writes", () => {
    expect(written).toEqual(serverJson(facts));
  });

  test("bears the package's name and version, and asks for settings that there are", () => {
    const { name, version, packages } = serverJsonSchema.parse(written);
    expect({ name, version }).toEqual({ name: facts.mcpName, version: facts.version });
    expect(packages[0]).toMatchObject({ identifier: facts.name, version: facts.version });
    const asked = packages[0]?.environmentVariables ?? [];
    expect(asked.filter(({ isRequired }) => isRequired).map((one) => one.name)).toEqual([
      "OKTA_ORG_URL",
      "OKTA_CLIENT_ID",
      "OKTA_SCOPES",
    ]);
    for (const one of asked) expect(SETTING_NAMES).toContain(one.name);
  });

  test.each([
    ["a name without a namespace", { name: "okta-mcp" }],
    ["a description that is too long", { description: "x".repeat(101) }],
    ["a range for a version", { version: "^1.0.0" }],
    ["no packages", { packages: [] }],
    ["a field that the registry does not know", { homepage: "https://example.com" }],
  ])("would be refused with %s", (_, change) => {
    expect(serverJsonSchema.safeParse({ ...serverJson(facts), ...change }).success).toBe(false);
  });
});

describe("the .mcpb bundle", () => {
  const manifest = mcpbManifest(facts, catalogue.entries);

  test("asks for the org, the client and the scopes, for a key file if there is one, and for limits", () => {
    const fields = Object.entries(manifest.user_config ?? {});
    expect(fields.map(([name, { type, required }]) => [name, type, required])).toEqual([
      ["org_url", "string", true],
      ["client_id", "string", true],
      ["scopes", "string", true],
      ["private_key_file", "file", false],
      ["key_id", "string", false],
      ["mcp_read_only", "boolean", false],
      ["mcp_confirm", "string", false],
      ["mcp_guard", "string", false],
    ]);
    expect(manifest.user_config?.mcp_confirm?.default).toBe("elicit-only");
    expect(manifest.user_config?.mcp_guard?.default, "a blank one would stop the server").toBe("off");
    expect(Object.keys(manifest.server.mcp_config.env ?? {}).every((name) => SETTING_NAMES.includes(name))).toBe(true);
  });

  test("leaves a setting empty that nobody filled in, but for those that restrict", async () => {
    const config = await getMcpConfigForManifest({
      manifest,
      extensionPath: "/bundle",
      systemDirs: {},
      userConfig: { org_url: "https://acme.okta.com", client_id: "0oa1", scopes: "okta.users.read" },
      pathSeparator: "/",
    });
    expect(config?.env).toEqual({
      OKTA_ORG_URL: "https://acme.okta.com",
      OKTA_CLIENT_ID: "0oa1",
      OKTA_SCOPES: "okta.users.read",
      OKTA_PRIVATE_KEY_FILE: "",
      OKTA_KEY_ID: "",
      OKTA_MCP_READ_ONLY: "false",
      OKTA_MCP_CONFIRM: "elicit-only",
      OKTA_MCP_GUARD: "off",
    });
  });

  whereBuilt("holds the build and no more, and its server starts as a client starts it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "okta-mcp-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "okta-mcp.mcpb");
    await packMcpb(manifest, join(ROOT, "dist"), file);
    expect(statSync(file).size).toBeLessThan(4_000_000);

    const unpacked = join(folder, "unpacked");
    expect(await unpackExtension({ mcpbPath: file, outputDir: unpacked, silent: true })).toBe(true);
    expect(readdirSync(unpacked).sort()).toEqual(["LICENSE", "manifest.json", "server"]);
    const kept = v0_3.McpbManifestSchema.parse(JSON.parse(readFileSync(join(unpacked, "manifest.json"), "utf8")));
    const config = await getMcpConfigForManifest({
      manifest: kept,
      extensionPath: unpacked,
      systemDirs: {},
      userConfig: { org_url: "https://127.0.0.1:1", client_id: "0oa1", scopes: "okta.users.read" },
      pathSeparator: "/",
    });
    const [script = ""] = config?.args ?? [];
    const server = spawnProcess([process.execPath, script], { cwd: folder, env: config?.env ?? {} });
    server.child.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
    await server.seen("stdout", /"serverInfo":\{"name":"okta-mcp"/);
    server.child.stdin.end();
    expect((await server.ended).code).toBe(0);
  });
});
