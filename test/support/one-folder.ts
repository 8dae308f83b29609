import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What other programs keep in the folder for temporary files on purpose, for their next start. */
const CACHES = /^(tsx-|node-compile-cache$|v8-compile-cache)/;

/**
 * Gives a run of tests a folder of its own for temporary files, which is gone afterwards. A file that
 * a test has left there fails the run, since the next test of its kind would leave it on a user's disk.
 */
export default function setUp(): () => void {
  const { TMPDIR } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-tests-"));
  process.env.TMPDIR = folder;
  return () => {
    const left = readdirSync(folder).filter((name) => !CACHES.test(name));
    rmSync(folder, { recursive: true, force: true });
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    if (left.length === 0) return;
    process.stderr.write(`The tests have left files behind: ${left.join(", ")}\n`);
    process.exitCode = 1;
  };
}
