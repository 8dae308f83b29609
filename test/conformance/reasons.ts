/** Scenarios, or single checks of them, that do not pass for one reason. */
export interface Reason {
  why: string;
  /** The names of scenarios, or `scenario: check` where the others of its checks pass. */
  of: readonly string[];
}

/** The reasons why a scenario does not pass. Each of them is a decision about this server, and no fault of an adapter. */
export const REASONS: readonly Reason[] = [
  {
    why: "The server has no prompts.",
    of: [
      "prompts-list",
      "prompts-get-simple",
      "prompts-get-with-args",
      "prompts-get-embedded-resource",
      "prompts-get-with-image",
      "input-required-result-non-tool-request",
      "caching: sep-2549-prompts-list-caching-hints",
    ],
  },
  {
    why: "What can be read is text, and nobody is told of a change: a client reads again.",
    of: ["resources-read-binary", "resources-subscribe", "resources-unsubscribe"],
  },
  {
    why: "A result leaves as text alone. No tool has pictures, sound or resources.",
    of: ["tools-call-image", "tools-call-audio", "tools-call-embedded-resource", "tools-call-mixed-content"],
  },
  {
    why: "The log goes to stderr or to a file, never to the client.",
    of: ["logging-set-level", "tools-call-with-logging"],
  },
  {
    why: "The server never asks the client's model.",
    of: [
      "tools-call-sampling",
      "input-required-result-basic-sampling",
      "input-required-result-multiple-input-requests",
      "input-required-result-capability-check",
    ],
  },
  {
    why: "The server asks one question in a form: whether to go on. The form has one box and no other field.",
    of: ["elicitation-sep1034-defaults", "elicitation-sep1330-enums"],
  },
  {
    why: "The suite wants the name user_name for a question. This server's question has the name confirm.",
    of: ["input-required-result-basic-elicitation"],
  },
  {
    why: "The suite sends an answer without a state. Such an answer counts for nothing, and the person is asked anew.",
    of: ["input-required-result-ignore-extra-params"],
  },
  {
    why: "The suite wants the refusal to name sampling. This server names elicitation, the capability that it needs.",
    of: ["server-stateless: sep-2575-server-rejects-undeclared-capability"],
  },
  {
    why: "No tool has its result sent again after the stream broke.",
    of: ["server-sse-polling"],
  },
  {
    why: "No argument is repeated in an HTTP header (x-mcp-header), since arguments may be sensitive.",
    of: ["http-custom-header-server-validation"],
  },
  {
    why: "The server has no tasks (an extension of MCP).",
    of: [
      "tasks-lifecycle",
      "tasks-capability-negotiation",
      "tasks-wire-fields",
      "tasks-request-state-removal",
      "tasks-mrtr-input",
      "tasks-request-headers",
      "tasks-dispatch-and-envelope",
      "tasks-required-task-error",
      "tasks-mrtr-composition",
    ],
  },
];

/** The reasons besides, why a scenario does not pass with the server of a company. */
export const COMPANY_REASONS: readonly Reason[] = [
  {
    why: "The scenario calls a tool of the suite's own, and a company's server has the tools of this project alone.",
    of: [
      "tools-call-with-progress",
      "tools-call-elicitation",
      "input-required-result-basic-elicitation",
      "input-required-result-basic-list-roots",
      "input-required-result-request-state",
      "input-required-result-multi-round",
      "input-required-result-missing-input-response",
      "input-required-result-result-type",
      "input-required-result-tampered-state",
      "input-required-result-validate-input",
      "json-schema-2020-12",
      "server-stateless: sep-2575-missing-capability-http-400",
      "server-stateless: sep-2575-server-sends-tools-list-changed-on-subscription",
    ],
  },
  {
    why: "The scenario reads a text of the suite's own, and a company's server has those of its settings and its reference.",
    of: ["resources-read-text", "resources-templates-read"],
  },
  {
    why: "There are no sessions over HTTP: any instance answers any request.",
    of: ["server-sse-multiple-streams: server-sse-multiple-streams-session"],
  },
];

/** Checks that no reason about a whole scenario excuses: the scenario ran to its end, and all messages are of the protocol. */
const NEVER_EXCUSED: readonly string[] = ["scenario", "scenario-timeout", "wire-schema-valid"];

/** Returns true if an entry of `REASONS` is about a check, which is given as `scenario: check`. */
function isAbout(entry: string, check: string): boolean {
  const [scenario, id = ""] = check.split(": ");
  return entry === check || (entry === scenario && !NEVER_EXCUSED.includes(id));
}

/** Returns the reason why a check does not pass. Undefined if none is known. */
export function reasonFor(check: string, reasons: readonly Reason[] = REASONS): string | undefined {
  return reasons.find(({ of }) => of.some((entry) => isAbout(entry, check)))?.why;
}

/** Returns the entries of some reasons that are about none of the checks that did not pass. */
export function idleReasons(troubles: readonly string[], reasons: readonly Reason[] = REASONS): string[] {
  return reasons.flatMap(({ of }) => of.filter((entry) => !troubles.some((check) => isAbout(entry, check))));
}
