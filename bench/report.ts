import { cpus, totalmem } from "node:os";

/** One line of the table. */
export interface Row {
  what: string;
  /** The measured value, in words. */
  measured: string;
  /** The value that it is compared with, in words. */
  base: string;
  goal: string;
  /** The figure to compare with the goal: a ratio if there is a base, and otherwise the value itself. */
  figure: string;
  /** Undefined if there is no goal. */
  met: boolean | undefined;
}

/** Returns a row with the ratio of a value to its base. The goal is that the ratio is at most `goal.most`. */
export function ratioRow(
  what: string,
  [value, base]: readonly [value: number, base: number],
  unit: "ms" | "MB" | "bytes" | "s",
  goal: { most: number; of: string },
): Row {
  const ratio = value / base;
  return {
    what,
    measured: amount(value, unit),
    base: `${goal.of} ${amount(base, unit)}`,
    goal: `at most ${goal.most.toFixed(2)}`,
    figure: ratio.toFixed(2),
    met: ratio <= goal.most,
  };
}

/** Returns a row with an amount. The goal is that the amount is at most `most`. */
export function amountRow(what: string, value: number, unit: "ms" | "MB" | "bytes", most: number, base = ""): Row {
  return {
    what,
    measured: amount(value, unit),
    base,
    goal: `at most ${amount(most, unit)}`,
    figure: amount(value, unit),
    met: value <= most,
  };
}

function amount(value: number, unit: string): string {
  if (unit === "bytes") return `${Math.round(value).toLocaleString("en-US")} bytes`;
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1)} ${unit}`;
}

/** Returns the row without its goal. Such a row stands beside the goals to explain them. */
export function withoutGoal(row: Row): Row {
  return { ...row, goal: "", met: undefined };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}

/** Returns the value below which a share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Returns the hardware and the software that the figures depend on. The name of the host is left out. */
export function machine(): string {
  const [cpu] = cpus();
  const model = cpu?.model.replace(/\s+/g, " ").trim() || "unknown processor";
  return `${process.platform} ${process.arch}, ${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.versions.node}`;
}

const HEAD = ["what", "measured", "base", "figure", "goal", "met"] as const;

function cells(row: Row): string[] {
  const met = row.met === undefined ? "" : row.met ? "yes" : "no";
  return [row.what, row.measured, row.base, row.figure, row.goal, met];
}

export function asText(rows: readonly Row[]): string {
  const lines = [[...HEAD], ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function asMarkdown(rows: readonly Row[], notes: readonly string[], at: Date): string {
  const line = (parts: readonly string[]) => `| ${parts.join(" | ")} |`;
  const table = [line(HEAD), line(HEAD.map(() => "---")), ...rows.map((row) => line(cells(row)))].join("\n");
  const list = notes.map((note) => `- ${note}`).join("\n");
  return `# Benchmark

Written by \`npm run bench\` on ${at.toISOString().slice(0, 10)}. ${machine()}.
Medians of interleaved runs; the figures that count are the ratios.

${table}

${list}
`;
}
