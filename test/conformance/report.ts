import { type Reason, reasonFor } from "./reasons.js";
import type { Check, Scenario } from "./suite.js";

/** The scenarios of each revision of MCP. */
export type Results = ReadonlyMap<string, readonly Scenario[]>;

/** What a report is about. */
export interface Report {
  /** The heading. */
  title: string;
  /** What the suite was run against, as the middle of a sentence. */
  against: string;
  /** The suite and its version. */
  suite: string;
  reasons: readonly Reason[];
}

const head = ({ title, against, suite }: Report) => `# ${title}

Results of \`${suite}\` with ${against}. A number is that of the checks that pass. A scenario passes if
no check fails and none warns. \`reasons.ts\` has the reason for each check that does not pass.
\`npx vitest run test/conformance -u\` rewrites this file.
`;

const isTrouble = ({ status }: Check) => status === "FAILURE" || status === "WARNING";
const goodOf = ({ checks }: Scenario) => checks.filter(({ status }) => status === "SUCCESS").length;
const isSpotless = ({ checks }: Scenario) => !checks.some(isTrouble);
const passes = (scenario: Scenario) => isSpotless(scenario) && goodOf(scenario) > 0;
/** True for a scenario of which the suite skipped every check. */
const isSkipped = (scenario: Scenario) => isSpotless(scenario) && goodOf(scenario) === 0;
const withGood = (scenario: Scenario) => `\`${scenario.name}\` (${goodOf(scenario)})`;

/** Returns the checks that did not pass, each id once. */
function troublesOf({ checks }: Scenario): Check[] {
  const troubles = checks.filter(isTrouble);
  return troubles.filter(({ id }, at) => troubles.findIndex((other) => other.id === id) === at);
}

/** Returns one line for the checks of a scenario that do not pass for a reason. Undefined if there are none. */
function lineOf(scenario: Scenario, { why }: Reason, reasons: readonly Reason[]): string | undefined {
  const { name } = scenario;
  const checks = troublesOf(scenario).filter(({ id }) => reasonFor(`${name}: ${id}`, reasons) === why);
  const words = checks.map(({ id, status }) => `\`${id}\`${status === "WARNING" ? " warns" : ""}`);
  if (words.length === 0) return undefined;
  return `  - ${withGood(scenario)}${words.join() === `\`${name}\`` ? "" : `: ${words.join(", ")}`}`;
}

function listOf(scenarios: readonly Scenario[], reasons: readonly Reason[]): string {
  const troubles = reasons.flatMap((reason) => {
    const lines = scenarios.flatMap((scenario) => lineOf(scenario, reason, reasons) ?? []);
    return lines.length === 0 ? [] : [`- ${reason.why}`, ...lines];
  });
  const linesOf = (some: readonly Scenario[]) => some.map((scenario) => `- ${withGood(scenario)}`);
  const skipped = linesOf(scenarios.filter(isSkipped));
  return [
    "Pass:\n",
    ...linesOf(scenarios.filter(passes)),
    ...(skipped.length === 0 ? [] : ["\nAre skipped by the suite:\n", ...skipped]),
    "\nDo not pass:\n",
    ...troubles,
  ].join("\n");
}

function sectionOf(revision: string, scenarios: readonly Scenario[], reasons: readonly Reason[]): string {
  const required = scenarios.filter((scenario) => scenario.required);
  const others = scenarios.filter((scenario) => !scenario.required);
  return `## MCP ${revision}: ${required.filter(passes).length} of ${required.length} scenarios pass

${listOf(required, reasons)}

### Scenarios that the revision does not require

${listOf(others, reasons)}
`;
}

/** Returns the text of the result file: the scenarios of each revision, and the reason for each that does not pass. */
export function report(about: Report, results: Results): string {
  const sections = [...results].map(([revision, scenarios]) => sectionOf(revision, scenarios, about.reasons));
  return [head(about), ...sections].join("\n");
}

/** Returns the checks that did not pass, each as `scenario: check`, with what the suite says about them. */
export function troublesIn(results: Results): { check: string; says: string }[] {
  const scenarios = [...results.values()].flat();
  return scenarios.flatMap((scenario) =>
    troublesOf(scenario).map(({ id, errorMessage = "" }) => ({ check: `${scenario.name}: ${id}`, says: errorMessage })),
  );
}
