import { brands } from "./brands.js";
import { directory } from "./directory.js";
import { mailsAndDomains } from "./mails-and-domains.js";
import { policies } from "./policies.js";
import type { Scenario, Scenarios } from "./scenario.js";

/** The scenarios of every tool that writes; each tool has at least one. */
export const SCENARIOS: Scenarios = { ...directory, ...policies, ...brands, ...mailsAndDomains };

/** Every scenario, with its tool and a name that tells it from the tool's other scenarios. */
export const ALL_SCENARIOS = Object.entries(SCENARIOS).flatMap(([tool, one]) =>
  "arrange" in one
    ? [{ tool, name: tool, ...(one as Scenario) }]
    : Object.entries(one).map(([which, scenario]) => ({ tool, name: `${tool}, ${which}`, ...scenario })),
);
