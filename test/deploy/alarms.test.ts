import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type TestContext, test } from "vitest";
import { Metrics } from "../../src/watch/metrics.js";
import { ROOT } from "../support/cli.js";
import { yamlOf } from "../support/deploy-files.js";

interface Rules {
  groups: {
    name: string;
    rules: { alert: string; expr: string; for?: string; labels: { severity: string }; annotations: object }[];
  }[];
}

const rulesOf = (context: TestContext) =>
  yamlOf<Rules>(context, "prometheus-rules.yaml").groups.flatMap(({ rules }) => rules);
const page = readFileSync(join(ROOT, "docs/operating.md"), "utf8");

/** The names of numbers that a text speaks of. */
const namesIn = (text: string) => new Set(text.match(/\b(?:okta_mcp|nodejs)_[a-z0-9_]+/g) ?? []);

/** The names of all numbers of a server. */
async function told(): Promise<Set<string>> {
  const metrics = new Metrics({ isTool: () => true, inFlight: () => 0 });
  metrics.follow({ activeGrants: async () => 0, isReady: async () => true, isOktaUp: () => true });
  metrics.note({ kind: "query", ms: 1, hasFailed: true });
  const { text } = await metrics.text();
  return new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name));
}

test("every alarm is about numbers that a server tells, and says what to do", async (context) => {
  const rules = rulesOf(context);
  expect(rules.length).toBeGreaterThan(8);
  const names = await told();
  for (const { alert, expr, labels, annotations } of rules) {
    expect(alert).toMatch(/^OktaMcp[A-Z]\w+$/);
    const used = [...namesIn(expr)];
    expect(used, alert).not.toEqual([]);
    for (const name of used) expect(names, alert).toContain(name.replace(/_bucket$/, ""));
    expect(["page", "warn"]).toContain(labels.severity);
    expect(Object.keys(annotations).sort(), alert).toEqual(["description", "summary"]);
    for (const bracket of ["()", "[]", "{}"]) {
      const count = (sign: string) => expr.split(sign).length;
      expect(count(bracket.charAt(0)), alert).toBe(count(bracket.charAt(1)));
    }
  }
});

test("the operator's page tells of every alarm and of no other, and of numbers that there are", async (context) => {
  const known = await told();
  for (const name of namesIn(page)) expect(known).toContain(name);
  const alerts = rulesOf(context).map(({ alert }) => alert);
  expect(new Set(page.match(/\bOktaMcp[A-Z]\w+/g))).toEqual(new Set(alerts));
});
