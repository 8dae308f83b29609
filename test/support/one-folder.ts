import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CLUSTER_FOLDER } from "./postgres-cluster.js";

/** The files that other programs keep among the temporary files on purpose, for their next start. */
const CACHES = /^(tsx-|node-compile-cache$|v8-compile-cache)/;

/**
 * Gives a run of tests its own folder for temporary files and removes it afterwards. A file that a test has left there
 * fails the run, because the same code would leave it on a user's disk.
 */
export default function setUp(): () => Promise<void> {
  const { TMPDIR } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-tests-"));
  // A database server runs as another user where the tests run as root, and has to reach its own folder in here.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  return async () => {
    await clustersEnded(folder);
    const left = readdirSync(folder).filter((name) => !CACHES.test(name));
    rmSync(folder, { recursive: true, force: true });
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    if (left.length === 0) return;
    process.stderr.write(`The tests have left files behind: ${left.join(", ")}\n`);
    process.exitCode = 1;
  };
}

/** The longest wait for the database servers of processes that have ended. */
const ENDING_MS = 20_000;

/** Each database server notices by itself that the process of its tests has ended, and removes its folder. */
async function clustersEnded(folder: string): Promise<void> {
  const endMs = Date.now() + ENDING_MS;
  while (readdirSync(folder).some((name) => name.startsWith(CLUSTER_FOLDER)) && Date.now() < endMs) await delay(50);
}
