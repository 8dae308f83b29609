import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The files that other programs keep among the temporary files on purpose, for their next start. */
const CACHES = /^(tsx-|node-compile-cache$|v8-compile-cache)/;

/**
 * Gives a run of tests its own folder for temporary files and removes it afterwards. A file that a test has left there
 * fails the run, because the same code would leave it on a user's disk.
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
