import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One check of a scenario, as the suite writes it to `checks.json`. */
export interface Check {
  id: string;
  status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  errorMessage?: string;
}

/** One scenario of the suite and its checks, in the order in which they ran. */
export interface Scenario {
  name: string;
  /** False for a scenario that the revision does not require. The suite runs it all the same. */
  required: boolean;
  checks: readonly Check[];
}

/** The suite gives up a scenario after 30 seconds, and a run has about 50 of them. */
const RUN_LIMIT_MS = 5 * 60_000;

/** A scenario that could not run writes no checks. It has failed. */
const NOT_RUN: Check = { id: "scenario", status: "FAILURE", errorMessage: "The scenario could not run." };

/**
 * Runs the scenarios of one revision of MCP against a server.
 * @param suite a version of Node.js that the suite runs on, and the path of the suite's command
 * @param url the address of the server's endpoint
 * @param revision the date of the revision
 * @throws Error if the suite could not be started, or ran no scenario
 */
export async function runSuite(
  [node, command]: readonly [node: string, command: string],
  url: string,
  revision: string,
): Promise<Scenario[]> {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-conformance-"));
  try {
    const args = [command, "server", "--url", url, "--requirements", revision, "--output-dir", folder];
    const said = await outputOf(node, args);
    const names = [...said.matchAll(/^=== Running scenario: (\S+) ===$/gm)].flatMap(([, name]) => name ?? []);
    if (names.length === 0) throw new Error(`The suite ran no scenario:\n${said}`);
    const unscored = new Set([...said.matchAll(/^ {2}[✓✗] (\S+) \([a-z-]+\)$/gm)].map(([, name]) => name));
    return names.map((name) => ({ name, required: !unscored.has(name), checks: checksOf(folder, name) }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Returns what a program writes to both of its outputs. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: RUN_LIMIT_MS });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  await once(child, "close");
  return said;
}

/** Reads the checks of a scenario. The suite makes a folder for it, named after the scenario and the time. */
function checksOf(folder: string, name: string): Check[] {
  const isOfScenario = (entry: string) => entry.replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, "") === `server-${name}`;
  const own = readdirSync(folder).find(isOfScenario);
  if (own === undefined) return [NOT_RUN];
  const file = join(folder, own, "checks.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Check[];
  } catch {
    return [NOT_RUN];
  }
}
