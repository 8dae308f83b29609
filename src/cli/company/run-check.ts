import { createLog } from "../../log.js";
import { checkServer } from "../../operator/check.js";
import { about, type Finding } from "../../operator/finding.js";
import { loadServe } from "../../people/load-serve.js";
import type { Io } from "../io.js";
import { toolCards } from "../tool-cards.js";
import { openCheck } from "./open-check.js";
import { showFindings } from "./show-findings.js";

export interface RunCheckOptions {
  /** The path of serve.json. */
  config: string;
  json?: boolean;
  live?: boolean;
  yes?: boolean;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** Runs the checks of a company's server. @returns the exit code: 0 where nothing is wrong, 1 where something is */
export async function runServeCheck(io: Io, { config, json = false, now }: RunCheckOptions): Promise<number> {
  const loaded = loadServe(config, toolCards);
  if ("problems" in loaded) {
    const { wrong } = about("serve.json");
    const findings = loaded.problems.map((problem) => wrong(problem));
    return showFindings(io, findings, { json });
  }
  const { ok, note } = about("serve.json");
  const notices: Finding[] = [ok("It can be used as it is."), ...loaded.notices.map((notice) => note(notice))];
  const log = createLog({ level: "error", stderr: io.stderr });
  const findings = await checkServer(openCheck({ loaded, env: io.env, log, ...(now && { now }) }));
  return showFindings(io, [...notices, ...findings], { json });
}
