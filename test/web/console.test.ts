import { expect, onTestFinished, test, vi } from "vitest";
import { startServe } from "../../src/cli/company/run-serve.js";
import { startServeSandbox } from "../../src/cli/company/serve-sandbox.js";
import { createIo } from "../../src/cli/io.js";
import { createLog } from "../../src/log.js";

/** The first version of Node.js that the authorization server's library takes without a word. */
const FIRST_QUIET_NODE = 22;

test("what a library writes to the console stands in the log, from its first line on, while the server runs", async () => {
  const written: unknown[][] = [];
  for (const method of ["info", "warn", "error"] as const) {
    const spy = vi.spyOn(console, method).mockImplementation((...parts) => void written.push(parts));
    onTestFinished(() => spy.mockRestore());
  }
  const lines: string[] = [];
  const sandbox = await startServeSandbox(0);
  const stderr = { write: (line: string | Uint8Array) => lines.push(String(line)) > 0 };
  onTestFinished(() => sandbox.close());
  const log = createLog({ level: "info", stderr });
  const running = await startServe(sandbox.settings, { io: createIo(process), log });
  console.warn("an old %s", "thing", { secret: "x" });
  await running.close();
  const logged = lines.join("");
  expect(logged).toMatch(/warn {2}a library reports text="an old thing/);
  const isOld = Number(process.versions.node.split(".")[0]) < FIRST_QUIET_NODE;
  expect(logged.includes("Unsupported runtime")).toBe(isOld);
  expect(written).toEqual([]);
  console.warn("after");
  expect(written).toEqual([["after"]]);
});
