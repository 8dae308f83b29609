import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { requireOrSkip } from "../../support/programs.js";

/** Runs curl with the arguments of a document. Returns what it prints. */
export function curlOf(context: TestContext) {
  const [program = ""] = requireOrSkip(context, "curl");
  return async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(program, ["--silent", "--show-error", "--noproxy", "*", ...args])).stdout;
}
