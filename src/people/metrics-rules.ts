import type { AddMistake, WholeParts } from "./whole-parts.js";

/** Checks that numbers are told at a port of their own. */
export function checkMetrics({ members: { metrics, listen } }: WholeParts, add: AddMistake): void {
  if (metrics === undefined || listen === undefined || metrics.port === 0 || metrics.port !== listen.port) return;
  add(["metrics", "port"], "is that of listen too. Whoever calls /mcp must not read numbers: use another port");
}
