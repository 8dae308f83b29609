import { createLog } from "../../log.js";
import { checkServer } from "../../operator/check.js";
import type { CheckContext } from "../../operator/check-context.js";
import { checkStore } from "../../operator/check-store.js";
import { about, type Finding } from "../../operator/finding.js";
import { measureLive } from "../../operator/live.js";
import { loadServe } from "../../people/load-serve.js";
import { storePlaceOf } from "../../people/store-place.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import { askYesNo } from "../person.js";
import { readCompanyApis } from "./load-company-apis.js";
import { openCheck } from "./open-check.js";
import { SERVE_CHECKS } from "./serve-checks.js";
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
export async function runServeCheck(io: Io, options: RunCheckOptions): Promise<number> {
  const { config, json = false, live = false, yes = false, now } = options;
  const loaded = loadServe(config, SERVE_CHECKS);
  if ("problems" in loaded) {
    const { wrong } = about("serve.json");
    const findings = loaded.problems.map((problem) => wrong(problem));
    return showFindings(io, findings, { json });
  }
  const { ok, note } = about("serve.json");
  const notices: Finding[] = [ok("It can be used as it is."), ...loaded.notices.map((notice) => note(notice))];
  const log = createLog({ level: "error", stderr: io.stderr });
  const read = await readCompanyApis(loaded);
  if ("problems" in read) {
    const { wrong } = about("serve.json");
    return showFindings(io, [...notices, ...read.problems.map((problem) => wrong(problem))], { json });
  }
  const context = openCheck({ loaded, apis: read.apis, env: io.env, log, ...(now && { now }) });
  const findings = await checkServer(context);
  const measured = live ? await measure(io, context, yes) : [];
  return showFindings(io, [...notices, ...findings, ...measured], { json });
}

/** Measures what Okta's documents leave open. Without a terminal and without `yes` nothing is done that shows in the org. */
async function measure(io: Io, context: CheckContext, yes: boolean): Promise<Finding[]> {
  const { store } = await checkStore(context, storePlaceOf(context));
  try {
    return await measureLive(context, {
      store,
      async mayShow(what) {
        if (yes || !io.interactive) return yes;
        const question = `${what} The org's System Log shows it. Go on?`;
        return (await interruptible(io, (signal) => askYesNo(io, question, signal))) === true;
      },
    });
  } finally {
    await store?.close();
  }
}
