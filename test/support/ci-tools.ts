import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import type { TestContext } from "vitest";
import tools from "../../.ci/tools.json" with { type: "json" };
import { skipOrFail } from "./programs.js";

/**
 * The packages of npm that tests start or load and that `package.json` does not list. `.ci/tools` installs them into a
 * cache, each in the version of `.ci/tools.json` and with dependencies of its own.
 */
export type CiTool = keyof typeof tools.packages;

/** The versions of Node.js that are promised, in the form in which npm names them: "22", or "20.19.0". */
export const NODE_VERSIONS: readonly string[] = tools.node;

/** The version of Node.js with which tests start tools. The tools need at least this one. */
const NODE_OF_TOOLS = "22";

/** Returns a folder of the cache, as in `.ci/steps.sh`. */
const inCache = (...names: string[]) =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "okta-mcp-ci", ...names);

const HOW_TO_INSTALL = "to install: .ci/tools";

/** Returns the version of a tool. */
export const versionOf = (tool: CiTool): string => tools.packages[tool];

/** Returns the folder of an installed tool, which has its `package.json`. Undefined if the tool is not installed. */
export function findTool(tool: CiTool): string | undefined {
  const folder = inCache(`${basename(tool)}-${versionOf(tool)}`, "node_modules", tool);
  return existsSync(join(folder, "package.json")) ? folder : undefined;
}

/**
 * Returns the path of a further version of Node.js that is installed in the cache. Undefined if it is not installed,
 * and on systems other than Linux.
 */
export function findNode(version: string): string | undefined {
  const program = inCache(`node-${version}`, "node_modules", `node-linux-${process.arch}`, "bin/node");
  return process.platform === "linux" && existsSync(program) ? program : undefined;
}

/**
 * Returns the folder of a tool that a test needs. If the tool is not installed, the test is skipped with a message. With
 * `OKTA_MCP_TEST_ALL=1` the test fails instead, as in `requireOrSkip`.
 */
export function requireTool(context: Pick<TestContext, "skip">, tool: CiTool): string {
  return findTool(tool) ?? skipOrFail(context, `not on this machine: ${tool} ${versionOf(tool)}; ${HOW_TO_INSTALL}`);
}

/**
 * Returns the command of a tool that a test needs: a version of Node.js that can run it, and the path of its script. If
 * one of the two is missing, the test is skipped or fails as in `requireTool`.
 * @param name the name of the command, if the package has several
 */
export function requireCommand(
  context: Pick<TestContext, "skip">,
  tool: CiTool,
  name: string = basename(tool),
): [node: string, script: string] {
  const folder = requireTool(context, tool);
  const { bin }: { bin: Record<string, string> } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const script = bin[name];
  if (script === undefined) throw new Error(`${tool} ${versionOf(tool)} has no command ${name}.`);
  return [requireNode(context), join(folder, script)];
}

function requireNode(context: Pick<TestContext, "skip">): string {
  const isThisOne = process.version.startsWith(`v${NODE_OF_TOOLS}.`);
  const node = isThisOne ? process.execPath : findNode(NODE_OF_TOOLS);
  return node ?? skipOrFail(context, `not on this machine: Node.js ${NODE_OF_TOOLS}; ${HOW_TO_INSTALL}`);
}
