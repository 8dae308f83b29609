import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Locks } from "../../src/auth/lock.js";
import { skipUnless } from "../support/programs.js";
import { tempDir } from "./support.js";

const CHILD = fileURLToPath(new URL("./children/lock-child.ts", import.meta.url));

test("a process that was stopped for so long that it lost its lock does not give back another one's", async (context) => {
  skipUnless(context, process.platform !== "win32", "signals that stop a process");
  const dir = join(await tempDir(), "locks");
  const holder = spawn(process.execPath, ["--import", "tsx", CHILD, dir], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  holder.kill("SIGSTOP");
  // The lock is free as soon as the lock of the stopped process is too old.
  const release = await new Locks().take(dir, "one");
  holder.stdin.end();
  holder.kill("SIGCONT");
  await once(holder, "close");
  expect(await readdir(dir)).toEqual(["one.lock"]);
  await release();
  expect(await readdir(dir)).toEqual([]);
});
