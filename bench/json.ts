import { parseJson, stringifyJson } from "../src/json/exact-json.js";
import type { Orgs } from "./org.js";
import { median, type Row, ratioRow, withoutGoal } from "./report.js";

const TURNS = 200;

/** Runs two functions in turns, the first 20 of which only warm up. Returns the median time of each in milliseconds. */
function compare(ours: () => unknown, base: () => unknown): [ours: number, base: number] {
  const times = { ours: [] as number[], base: [] as number[] };
  const timed = (run: () => unknown) => {
    const startedAtMs = performance.now();
    run();
    return performance.now() - startedAtMs;
  };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const [first, second] = turn % 2 === 0 ? (["ours", "base"] as const) : (["base", "ours"] as const);
    for (const name of [first, second]) times[name].push(timed(name === "ours" ? ours : base));
  }
  return [median(times.ours.slice(20)), median(times.base.slice(20))];
}

/**
 * Measures the cost of keeping numbers that a JavaScript number cannot hold. The pages are one without such a number,
 * and one with such a number in each user.
 */
export async function measureJson(orgs: Orgs): Promise<Row[]> {
  const page = await (await fetch(`${orgs.calls}/api/v1/users?limit=200`)).text();
  const value: unknown = JSON.parse(page);
  const long = page.replaceAll('"profile":{', '"profile":{"badge":9007199254740993,');
  const read = compare(
    () => parseJson(page),
    () => JSON.parse(page),
  );
  const written = compare(
    () => stringifyJson(value),
    () => JSON.stringify(value),
  );
  const exact = compare(
    () => parseJson(long),
    () => JSON.parse(long),
  );
  return [
    ratioRow("json: 200 users read", read, "ms", { most: 1.25, of: "JSON.parse" }),
    ratioRow("json: 200 users written", written, "ms", { most: 1.25, of: "JSON.stringify" }),
    withoutGoal(ratioRow("json: 200 users with a 64-bit number each", exact, "ms", { most: 1, of: "JSON.parse" })),
  ];
}
