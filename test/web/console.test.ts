import { expect, onTestFinished, test, vi } from "vitest";
import { startServeSandbox } from "../../src/cli/company/serve-sandbox.js";
import { startServe } from "../../src/cli/company/start-serve.js";
import { createIo } from "../../src/cli/io.js";

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
  const stderr = { write: (line: string | Uint8Array) => lines.push(String(line)) > 0 } as NodeJS.WriteStream;
  onTestFinished(() => sandbox.close());
  const { content } = sandbox.settings;
  const settings = { ...sandbox.settings, content: { ...content, log: { level: "info" as const } } };
  const running = await startServe(settings, { ...createIo(process), stderr });
  console.warn("an old %s", "thing", { secret: "x" });
  await running.close("the test is over");
  const logged = lines.join("");
  expect(logged).toMatch(/"level":"warn".*"message":"a library reports"/);
  expect(logged).toContain('"text":"an old thing');
  const isOld = Number(process.versions.node.split(".")[0]) < FIRST_QUIET_NODE;
  // A library that this process has loaded before says nothing again.
  if (!isOld) expect(logged).not.toContain("Unsupported runtime");
  expect(written).toEqual([]);
  console.warn("after");
  expect(written).toEqual([["after"]]);
});
