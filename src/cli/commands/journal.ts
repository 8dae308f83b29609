import { isObject, type Json } from "../../json/json.js";
import { describedCommand, type MakeCommand } from "../command.js";
import { showError } from "../failure.js";
import type { SettingFlags } from "../flags.js";
import { interruptible } from "../interrupt.js";
import { columnsOf } from "../io.js";
import { addSettings } from "../options.js";
import { pointInTime } from "../time-option.js";
import { quoted } from "../words.js";

interface Wanted {
  since?: string;
  until?: string;
  tool?: string;
  target?: string;
  outcome?: string;
  limit?: string;
  after?: string;
  all?: true;
  wide?: true;
  json?: true;
}

/** The least width of a terminal for the columns of the actor and the year. */
const WIDE_COLUMNS = 120;

/** The columns of the table of changes, in their order. */
function columns(isWide: boolean): string[] {
  return ["at", "outcome", "tool", "target", ...(isWide ? ["actor"] : []), "id"];
}

/**
 * A moment in this machine's time zone, to the minute. The year is left out on a narrow terminal where it is the
 * present one.
 */
function localTime(text: unknown, isWide: boolean): string {
  const at = new Date(String(text));
  if (Number.isNaN(at.getTime())) return "";
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
  return !isWide && at.getFullYear() === new Date().getFullYear() ? day : `${at.getFullYear()}-${day}`;
}

/** A change as a row of the table: in local time, and with ids where there are no names. */
function line(change: Json, isWide: boolean): Json {
  if (!isObject(change)) return change;
  const { at, target, ids } = change;
  const name = target ?? (Array.isArray(ids) ? ids[0] : undefined) ?? null;
  return { ...change, at: localTime(at, isWide), target: name };
}

/** The same command for the next changes. */
function nextPage({ since, until, tool, target, outcome, limit, all, wide }: Wanted, after: string): string {
  const values = Object.entries({ since, until, tool, target, outcome, limit });
  const flags = values.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoted(value)}`]));
  return [
    "okta-mcp journal",
    ...flags,
    ...(all ? ["--all"] : []),
    ...(wide ? ["--wide"] : []),
    `--after ${quoted(after)}`,
  ].join(" ");
}

function argumentsOf({ since, until, tool, target, outcome, limit, after, all }: Wanted): Record<string, unknown> {
  const nowMs = Date.now();
  return {
    ...(since === undefined ? {} : { since: pointInTime("--since", since, nowMs) }),
    ...(until === undefined ? {} : { until: pointInTime("--until", until, nowMs) }),
    ...(tool === undefined ? {} : { tool }),
    ...(target === undefined ? {} : { target_id: target }),
    ...(outcome === undefined ? (all ? {} : { outcome: "not_refused" }) : { outcome }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(after === undefined ? {} : { after }),
  };
}

function unknownIn(items: unknown): number {
  return Array.isArray(items) ? items.filter((item) => item?.outcome === "unknown").length : 0;
}

/** `okta-mcp journal` */
export const journalCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("journal", "Show what was changed in the org, the newest first. Needs no sign-in.", [
      "okta-mcp journal --since 24h",
      "okta-mcp journal --tool deactivate_user --outcome done",
      "okta-mcp journal --json | jq -r '.items[].id'",
    ])
      .option("--since <time>", "From this time on: ISO 8601, or so long ago as in 30m, 24h, 7d, 2w.")
      .option("--until <time>", "Up to this time; written alike.")
      .option("--tool <name>", "Only calls of this tool.")
      .option("--target <id>", "Only what was done to this object.")
      .option("--outcome <outcome>", "Only those that ended so: done, refused, failed or unknown.")
      .option("--all", "Refused calls too, which changed nothing.")
      .option("--limit <n>", "Changes to show at once, up to 200.")
      .option("--after <id>", "Go on behind this change.")
      .option("--wide", "A table whose columns are not cut, however wide it gets.")
      .option("--json", "One JSON object instead of a table."),
    { calls: true },
  ).action(async (options: SettingFlags & Wanted) => {
    const { openConnection, showNotices } = await import("../connection.js");
    const { callTool } = await import("../call-tool.js");
    const { chosenCatalogue } = await import("../chosen-catalogue.js");
    const { showResult } = await import("../result.js");
    const args = argumentsOf(options);
    const connection = await openConnection(io, options, { sandboxSignIn: "ready" });
    try {
      if (!options.json) showNotices(io, connection);
      const catalogue = chosenCatalogue(connection.config);
      const call = { tool: "list_changes", args, yes: false, quiet: true };
      const outcome = await interruptible(io, (signal) => callTool(io, connection, catalogue, { ...call, signal }));
      if ("error" in outcome) return finish(showError(io, outcome.error, { json: options.json === true }));
      const wide = options.wide === true;
      const isWide = wide || columnsOf(io.stdout) >= WIDE_COLUMNS;
      const shown = {
        ...call,
        json: options.json === true,
        sandbox: options.sandbox === true,
        columns: columns(isWide),
        whole: ["at", "id"],
        wide,
        row: (change: Json) => line(change, isWide),
        next: (after: string) => nextPage(options, after),
      };
      const exitCode = await showResult(io, shown, outcome.result);
      const unknown = unknownIn(outcome.result.items);
      if (unknown > 0 && !options.json) {
        io.note(
          `Outcome unknown: ${unknown}. No answer of Okta's was recorded; look at these objects before going on.`,
        );
      }
      finish(exitCode);
    } finally {
      await connection.close();
    }
  });
