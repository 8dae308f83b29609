import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findNode, findTool, NODE_VERSIONS, requireCommand, requireTool, versionOf } from "./ci-tools.js";
import { ROOT, spawnProcess, temporaryFolder } from "./cli.js";
import { requireOrSkip } from "./programs.js";

const INSPECTOR = "@modelcontextprotocol/inspector";

/** A stand-in for npm. It puts a package without contents where npm would put it, or fails. */
const NPM = `#!/bin/sh
for package; do :; done
case $package in *$FAILS*) exit 1 ;; esac
folder=$3/node_modules/\${package%@*}
mkdir -p "$folder/bin"
echo '{ "bin": { "inspector": "cli.js" } }' >"$folder/package.json"
echo "echo v0" >"$folder/bin/node"
`;

const skip = (note?: unknown): never => {
  throw new Error(`skipped: ${note}`);
};

beforeEach(() => vi.stubEnv("XDG_CACHE_HOME", temporaryFolder()));
afterEach(() => vi.unstubAllEnvs());

/** Runs `.ci/tools` with an empty cache and a stand-in for npm, which fails for packages with a name like `fails`. */
async function install(fails: string) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "npm"), NPM);
  chmodSync(join(folder, "npm"), 0o755);
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? "",
    FAILS: fails,
  };
  return await spawnProcess(["bash", join(ROOT, ".ci/tools")], { env }).ended;
}

test("a tool that is not installed skips the test, and says how to install it", () => {
  vi.stubEnv("OKTA_MCP_TEST_ALL", "");
  const words = `skipped: not on this machine: ${INSPECTOR} ${versionOf(INSPECTOR)}; to install: .ci/tools`;
  expect(() => requireTool({ skip }, INSPECTOR)).toThrow(words);
  expect(() => requireCommand({ skip }, INSPECTOR)).toThrow(words);
  vi.stubEnv("OKTA_MCP_TEST_ALL", "1");
  expect(() => requireTool({ skip }, INSPECTOR)).toThrow(/^OKTA_MCP_TEST_ALL=1, but not on this machine: /);
});

test("a tool is found where it was installed, with a Node.js that can run it", async (context) => {
  requireOrSkip(context, "bash");
  expect(await install("nothing at all")).toMatchObject({ code: 0 });
  expect(requireTool({ skip }, "@modelcontextprotocol/sdk")).toBe(findTool("@modelcontextprotocol/sdk"));
  const [, script] = requireCommand({ skip }, INSPECTOR);
  expect(script).toBe(join(findTool(INSPECTOR) ?? "", "cli.js"));
  expect(() => requireCommand({ skip }, INSPECTOR, "other")).toThrow("has no command other");
  if (process.platform !== "linux") return;
  for (const version of NODE_VERSIONS.filter((one) => !process.version.startsWith(`v${one}.`))) {
    expect(findNode(version), version).toContain(`node-${version}`);
  }
});

test("a tool that npm cannot install is named, and leaves no part of itself", async (context) => {
  requireOrSkip(context, "bash");
  const { code, stdout } = await install("inspector");
  expect(code).toBe(0);
  expect(stdout).toContain(`There is no ${INSPECTOR}@${versionOf(INSPECTOR)} and no way to install it`);
  expect(findTool(INSPECTOR)).toBeUndefined();
  expect(findTool("@modelcontextprotocol/sdk")).toBeDefined();
});

test("no tool is listed a second time", () => {
  const others = ["package.json", "package-lock.json", ".ci/run", ".ci/steps.sh", ".github/workflows/check.yml"];
  for (const file of others) {
    const text = readFileSync(join(ROOT, file), "utf8");
    expect(text, file).not.toMatch(/@modelcontextprotocol\/(conformance|inspector)/);
  }
});
