import type { Finding, FindingState } from "../../operator/finding.js";
import { inertJson } from "../../text/inert-json.js";
import { visible } from "../../text/quote.js";
import type { Io } from "../io.js";

const LABELS: Readonly<Record<FindingState, string>> = {
  ok: "ok",
  note: "note",
  unknown: "cannot be known",
  wrong: "WRONG",
};
const COLORS = { ok: "green", note: "dim", unknown: "yellow", wrong: "red" } as const;
const LABEL_WIDTH = Math.max(...Object.values(LABELS).map(({ length }) => length)) + 2;

/** Shows findings: one line each, and what to do about it below. @returns the exit code: 1 where something is wrong */
export function showFindings(io: Io, findings: readonly Finding[], { json = false } = {}): number {
  const wrong = findings.filter(({ state }) => state === "wrong").length;
  if (json) {
    io.out(inertJson({ all_right: wrong === 0, checks: findings }, io.stdout.isTTY ? 2 : undefined));
    return wrong === 0 ? 0 : 1;
  }
  for (const finding of findings) io.out(inLines(io, finding));
  io.out("");
  io.out(
    wrong === 0
      ? "Nothing is wrong, as far as can be known."
      : `${wrong} of ${findings.length} checks found something wrong.`,
  );
  return wrong === 0 ? 0 : 1;
}

function inLines(io: Io, { state, about, message, fix, code }: Finding): string {
  const label = io.style(COLORS[state], LABELS[state].padEnd(LABEL_WIDTH), io.stdout);
  const named = code === undefined || state === "ok" ? "" : ` [${code}]`;
  const lines = [`${label}${visible(about)}: ${visible(message)}${named}`];
  if (fix !== undefined && state !== "ok") lines.push(`${" ".repeat(LABEL_WIDTH)}${visible(fix)}`);
  return lines.join("\n");
}
