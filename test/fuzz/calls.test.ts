import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { errorText } from "../../src/errors/render.js";
import { tooDeep } from "../../src/json/depth.js";
import { type Json, textAt } from "../../src/json/json.js";
import { preload } from "../../src/okta/operations.js";
import type { OktaRequest } from "../../src/okta/request.js";
import { inertJson } from "../../src/text/inert-json.js";
import { expectVisible } from "../hostile/visible.js";
import { catalogue } from "../support/catalogue.js";
import { gif } from "../support/images.js";
import { anyAnswer, argumentsOf, type Schema } from "./arguments.js";
import { createRecorder, ORIGIN } from "./recorder.js";

/** The same seed makes the same calls, e.g. `FUZZ_SEED=123 npx vitest run test/fuzz`. */
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS_OF_A_TOOL = Number(process.env.FUZZ_RUNS ?? 100);
const MAX_CHARS = DEFAULT_RESULT_CHARS;

let calls = 0;
let sent = 0;
let bodies = 0;
/** The tools of which no call has had a result so far. */
const stuck = new Set(catalogue.entries.map(({ name }) => name));
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "okta-mcp-fuzz-"));
  writeFileSync(join(folder, "x.gif"), gif(64));
  await preload();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  console.info(
    `fuzz: seed ${SEED}, ${calls} calls, ${sent} requests, ${bodies} bodies compared; without a result: ${[...stuck].join(", ")}`,
  );
  expect(calls).toBeGreaterThanOrEqual(10_000);
  expect(bodies).toBeGreaterThan(500);
});

/** Asserts that a request goes to the org and that its path fits its template. */
function expectWithinTemplate({ method, template, path, query }: OktaRequest): void {
  const url = new URL(`${ORIGIN}${path}`);
  url.search = query.toString().replaceAll("+", "%20");
  expect(url.origin).toBe(ORIGIN);
  expect(url.pathname).toBe(path);
  expect(url.hash).toBe("");
  const [wanted, got] = [template.split("/"), path.split("/")];
  expect(got, `${method} ${path}`).toHaveLength(wanted.length);
  for (const [index, segment] of got.entries()) {
    const literal = wanted[index] ?? "";
    if (!literal.includes("{")) expect(segment, path).toBe(literal);
    else {
      expect(["", ".", ".."], path).not.toContain(decodeURIComponent(segment));
      expect(segment, path).toBe(encodeURIComponent(decodeURIComponent(segment)));
    }
  }
}

/** Returns true if the JSON of some part of `body` is equal to `wanted`. */
function holds(body: unknown, wanted: string): boolean {
  if (JSON.stringify(body) === wanted) return true;
  return typeof body === "object" && body !== null && Object.values(body).some((inner) => holds(inner, wanted));
}

/**
 * Returns the fields of the arguments that are objects. The fields go into a body unchanged, but a tool may add fields
 * to the object itself.
 */
function objectsIn(args: unknown): [path: string, value: unknown][] {
  return Object.entries(args as object).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([key, inner]): [string, unknown] => [`${name}.${key}`, inner])
      : [],
  );
}

/** The fields that a tool fills in if their argument is empty. Their value follows from the address. */
const FILLED_IN: ReadonlySet<string> = new Set(["policy_data.type", "rule_data.type"]);

/** Returns a value as JSON, or an empty text if it is nested too deep. */
function textOf(value: unknown): string {
  return tooDeep(value) ? "" : JSON.stringify(value);
}

test.each(catalogue.entries.map(({ name }) => name))(
  "%s takes any arguments and any answer",
  async (name) => {
    const recorder = createRecorder([folder]);
    const tool = catalogue.get(name);
    const known = Object.keys(tool?.arguments.shape ?? {});
    const schema = catalogue.definition(name).inputSchema as Schema;
    const property = fc.asyncProperty(argumentsOf(schema), anyAnswer, async (args, answer) => {
      calls += 1;
      const before = textOf(args);
      const { outcome, requests } = await recorder.call(name, args, answer as Json);
      sent += requests.length;
      expect(textOf(args), "the arguments were changed").toBe(before);
      expect("polluted" in {} || "a" in {}).toBe(false);
      for (const request of requests) expectWithinTemplate(request);

      const plain = typeof args === "object" && args !== null && !Array.isArray(args);
      const undeclared = plain ? Object.keys(args).filter((key) => !known.includes(key)) : ["everything"];
      if (undeclared.length > 0 && args !== null) {
        expect(outcome).toMatchObject({ error: { code: "bad_input" } });
        expect(requests).toEqual([]);
      }
      if ("error" in outcome) {
        const { error } = outcome;
        expect(error.code, error.cause instanceof Error ? error.cause.stack : errorText(error)).not.toBe("bug");
        expect(errorText(error).length).toBeLessThan(20_000);
        expectVisible(errorText(error), name, { lines: true });
        return;
      }
      stuck.delete(name);
      const text = inertJson(outcome.result);
      expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(outcome.result));
      expect(text.length).toBeLessThanOrEqual(MAX_CHARS);
      expectVisible(text, name);
      const last = requests.findLast(({ method, body }) => method !== "GET" && body && "json" in body);
      if (tool?.effect === "reads" || !last?.body || !("json" in last.body)) return;
      const { json } = last.body;
      bodies += 1;
      for (const [path, value] of objectsIn(args)) {
        const empty = value === null || value === "";
        if (empty && FILLED_IN.has(path) && textAt(json as Json, "type") !== "") continue;
        expect(holds(json, JSON.stringify(value)), `${path} is not in the body as it was given`).toBe(true);
      }
    });
    // Most calls that write are refused before there is a body to compare, so they get twice the runs.
    const numRuns = tool?.effect === "reads" ? RUNS_OF_A_TOOL : 2 * RUNS_OF_A_TOOL;
    await fc.assert(property, { seed: SEED, numRuns });
  },
  60_000,
);
