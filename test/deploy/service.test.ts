import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, spawnProcess } from "../support/cli.js";
import { deployed } from "../support/deploy-files.js";
import { findProgram, skipUnless } from "../support/programs.js";

const FILE = "okta-mcp.service";

/** The last value of a setting of the unit. */
function setting(name: string): string | undefined {
  const lines = deployed(FILE).split("\n");
  return lines.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

test("systemd finds nothing wrong with the unit, and little that the process may still do", async (context) => {
  skipUnless(context, findProgram("systemd-analyze") !== undefined, "systemd");
  const unit = join(ROOT, "deploy", FILE);
  const verified = await spawnProcess(["systemd-analyze", "verify", unit]).ended;
  const missing = /^.*: Command \S+ is not executable: No such file or directory\n/gm;
  expect(verified.stderr.replace(missing, "")).toBe("");
  const { code, stdout } = await spawnProcess([
    "systemd-analyze",
    "security",
    "--offline=true",
    "--threshold=20",
    "--no-pager",
    unit,
  ]).ended;
  expect(stdout).toMatch(/Overall exposure level for okta-mcp\.service: [01]\.\d OK/);
  expect(code).toBe(0);
});

test("the unit runs the server as a user of its own, and lets its calls end", () => {
  expect(setting("User")).toBe("okta-mcp");
  expect(setting("ExecStart")).toMatch(/ serve --config \/etc\/okta-mcp\/serve\.json$/);
  expect(setting("StateDirectory")).toBe("okta-mcp");
  expect(setting("UMask")).toBe("0077");
  // The default of drain_delay_seconds, and what running calls are given.
  expect(Number(setting("TimeoutStopSec"))).toBeGreaterThan(5 + 25);
  // Node.js compiles as it runs.
  expect(setting("MemoryDenyWriteExecute")).toBeUndefined();
});
