import type { Row } from "./attack.js";

/** The number of attacks among the rows, the number that held, and the rows that failed or were skipped. */
function count(rows: readonly Row[]) {
  const attacks = rows.filter(({ kind, skipped }) => kind === "attack" && skipped === undefined);
  const failures = rows.filter(({ failure }) => failure !== undefined);
  // If the harmless control of a scenario fails, the failure of its attacks proves nothing.
  const vacuous = new Set(failures.filter(({ kind }) => kind === "control").map(({ scenario }) => scenario));
  const held = attacks.filter(({ failure, scenario }) => failure === undefined && !vacuous.has(scenario));
  return { attacks: attacks.length, held: held.length, failures, skipped: rows.filter(({ skipped }) => skipped) };
}

function groupBy(rows: readonly Row[], key: "promise" | "scenario"): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row[key], [...(groups.get(row[key]) ?? []), row]);
  return groups;
}

/**
 * The report: each promise with the counts of its scenarios, then the failures, then the totals.
 * @param untouched the promises that no scenario attacks
 */
export function render(rows: readonly Row[], untouched: readonly string[]): { text: string; failed: boolean } {
  const lines: string[] = [];
  for (const [promise, ofPromise] of groupBy(rows, "promise")) {
    const { attacks, held } = count(ofPromise);
    lines.push(`${promise}: ${held} of ${attacks} attacks held`);
    for (const [scenario, ofScenario] of groupBy(ofPromise, "scenario")) {
      const of = count(ofScenario);
      const mark = of.failures.length > 0 ? "✗" : of.attacks > 0 ? "✓" : "-";
      lines.push(`  ${mark} ${scenario}: ${of.held} of ${of.attacks}`);
      for (const { name, skipped } of of.skipped) lines.push(`    left out: ${name}: ${skipped}`);
    }
  }
  const { attacks, held, failures, skipped } = count(rows);
  if (failures.length > 0) {
    lines.push("", "Did not hold:");
    for (const { scenario, name, kind, failure } of failures) {
      lines.push(`✗ ${scenario}: ${name}${kind === "control" ? " (control)" : ""}`, `    ${failure}`);
    }
  }
  for (const promise of untouched) lines.push(`✗ Nothing attacks the promise "${promise}".`);
  const failed = failures.length > 0 || held < attacks || attacks === 0 || untouched.length > 0;
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
  lines.push("", `Played ${attacks} attacks over the built package: ${held} held.`);
  lines.push(`${held} passed, ${Math.max(attacks - held, failed ? 1 : 0)} failed${left}`);
  return { text: lines.join("\n"), failed };
}
