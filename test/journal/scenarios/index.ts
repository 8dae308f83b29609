import { brands } from "./brands.js";
import { directory } from "./directory.js";
import { mailsAndDomains } from "./mails-and-domains.js";
import { policies } from "./policies.js";
import type { Scenario, Scenarios } from "./scenario.js";

/** One scenario, or more, for every tool that writes. */
export const SCENARIOS: Scenarios = { ...directory, ...policies, ...brands, ...mailsAndDomains };

/** Every scenario with its tool and what tells it from others of the tool. */
export const ALL_SCENARIOS = Object.entries(SCENARIOS).flatMap(([tool, one]) =>
  "arrange" in one
    ? [{ tool, name: tool, ...(one as Scenario) }]
    : Object.entries(one).map(([which, scenario]) => ({ tool, name: `${tool}, ${which}`, ...scenario })),
);
