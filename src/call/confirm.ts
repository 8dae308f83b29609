import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { ConfirmMode } from "../config/settings.js";
import { OktaMcpError } from "../errors/index.js";
import type { Agreed } from "../journal/consent.js";
import { canonical } from "../json/json.js";
import { lookalikes } from "../text/lookalikes.js";
import { visible } from "../text/quote.js";
import type { Impact } from "../tool.js";

/**
 * How a person answered, or why no answer came: nobody did in time; the client says that it knows no
 * questions (`unsupported`); it said no faster than a person can, so that none saw it (`not_shown`); or
 * showing it failed.
 */
export type Answer = "accepted" | "declined" | "cancelled" | "timed_out" | "unsupported" | "not_shown" | "failed";

/** Puts one yes-or-no question to the person; undefined where the client has no way to ask. */
export type AskPerson = ((message: string) => Promise<Answer>) | undefined;

/** How long a one-time confirmation value is good for. */
const VALUE_LIFETIME_MS = 5 * 60_000;

/** Where a person can be asked, for those whom the client does not reach. */
const ASK_ELSEWHERE =
  "Tell the person. They can run `okta-mcp call` in a terminal, use a client that shows questions (MCP elicitation), or choose another OKTA_MCP_CONFIRM.";

interface Refusal {
  decidedBy: "person" | "client" | "okta-mcp";
  why: string;
  /** The advice, where that of the error's code does not help. */
  fix?: string;
}

const REFUSALS: Record<Exclude<Answer, "accepted" | "unsupported">, Refusal> = {
  declined: { decidedBy: "person", why: "The person declined." },
  cancelled: { decidedBy: "person", why: "The person closed the question without an answer." },
  timed_out: { decidedBy: "okta-mcp", why: "Nobody answered in time." },
  not_shown: {
    decidedBy: "client",
    why: "The client said no by itself, faster than anybody can read: it did not ask a person, and seems unable to.",
    fix: ASK_ELSEWHERE,
  },
  failed: { decidedBy: "okta-mcp", why: "The client could not show the question.", fix: ASK_ELSEWHERE },
};

function refused(answer: keyof typeof REFUSALS): OktaMcpError {
  const { decidedBy, why, fix } = REFUSALS[answer];
  return new OktaMcpError("declined", `Nothing was changed. ${why}`, {
    ...(fix === undefined ? {} : { fix }),
    data: { decided_by: decidedBy, answer },
  });
}

/** What a confirmation is for: this tool, these arguments, this state of the target. */
export interface Subject {
  tool: string;
  /** The arguments without `confirmation`. */
  args: Readonly<Record<string, unknown>>;
  impact: Impact;
}

function digest(subject: Subject): string {
  return createHash("sha256").update(canonical(subject)).digest("base64url");
}

/** True when the target is in the state in which it was confirmed. */
export function sameImpact(a: Impact, b: Impact): boolean {
  return canonical(a) === canonical(b);
}

/** A value that was issued and not used. */
interface OpenValue {
  /** Epoch milliseconds. */
  endsAtMs: number;
  /** The digest of what it is for. */
  subject: string;
}

const UNKNOWN_VALUE = "it is unknown here or was used already (a value counts once, in the process that gave it)";

/**
 * Issues and redeems one-time confirmation values. A value is sealed with a key of this process
 * and bound to its subject, so that it can neither be made up nor moved to another call.
 * It shows that the call was made twice, not that a person agreed: a model can repeat it.
 */
export class ConfirmationValues {
  readonly #key = randomBytes(32);
  /** Open values by their nonces. */
  readonly #open = new Map<string, OpenValue>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  #value(nonce: string, { endsAtMs, subject }: OpenValue): string {
    const seal = createHmac("sha256", this.#key).update(`${nonce}.${endsAtMs}.${subject}`).digest("base64url");
    return `${nonce}.${seal}`;
  }

  /** A new value for a subject. */
  issue(subject: Subject): string {
    const now = this.#now();
    for (const [nonce, { endsAtMs }] of this.#open) if (endsAtMs <= now) this.#open.delete(nonce);
    const nonce = randomBytes(9).toString("base64url");
    const open = { endsAtMs: now + VALUE_LIFETIME_MS, subject: digest(subject) };
    this.#open.set(nonce, open);
    return this.#value(nonce, open);
  }

  /**
   * Why a value does not count for a subject; undefined when it does. Only a value that counts is
   * used up: one that is made up, or tried with another call, takes nothing from the good one.
   */
  redeem(value: string, subject: Subject): string | undefined {
    const [nonce = ""] = value.split(".", 1);
    const open = this.#open.get(nonce);
    if (open === undefined) return UNKNOWN_VALUE;
    // The text is compared as it stands, since several texts stand for the same bytes.
    const [given, expected] = [Buffer.from(value), Buffer.from(this.#value(nonce, open))];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return UNKNOWN_VALUE;
    if (open.endsAtMs <= this.#now()) return "it is older than five minutes";
    if (open.subject !== digest(subject)) return "it belongs to another call, or the target has changed since";
    this.#open.delete(nonce);
    return undefined;
  }
}

const MAX_SHOWN_CHARS = 200;

/** Text from the org as a person may read it: one line, nothing hidden, no end before its end, not too long. */
function shown(text: string): string {
  const line = visible(text.slice(0, MAX_SHOWN_CHARS)).replaceAll('"', "'");
  return text.length > MAX_SHOWN_CHARS ? `${line}… (cut)` : line;
}

/** A warning for a name that may be made to be taken for another. */
function warnings(name: string): string[] {
  const letters = lookalikes(name.slice(0, MAX_SHOWN_CHARS));
  return letters.length === 0 ? [] : [`careful: the name has letters that look like others: ${letters.join(", ")}`];
}

/** What a person is asked about, fit to be shown. */
function shownImpact({ target, details }: Impact): Pick<Impact, "target" | "details"> {
  return {
    target: { type: target.type, name: shown(target.name), id: shown(target.id) },
    details: [...details.map(shown), ...warnings(target.name)],
  };
}

/** The question as a person reads it. */
export function question(title: string, impact: Impact): string {
  const { target, details } = shownImpact(impact);
  return [`${title}: ${target.type} "${target.name}" (${target.id})`, ...details.map((detail) => `- ${detail}`)].join(
    "\n",
  );
}

export interface ConfirmRequest {
  mode: ConfirmMode;
  title: string;
  subject: Subject;
  /** What is shown of the impact, where that is less than all of it. */
  shown?: Impact;
  /** The value the call came with, if any. */
  confirmation: string | undefined;
  ask: AskPerson;
  values: ConfirmationValues;
}

/**
 * Resolves when the call may go on. Where a person was asked, time has passed and the target has to
 * be read again. Every other way out is an error, and nothing has happened.
 * @throws OktaMcpError declined, needs_confirmation
 */
export async function confirm(request: ConfirmRequest): Promise<Agreed> {
  const { mode, title, subject, confirmation, ask, values, shown: impact = subject.impact } = request;
  if (mode === "never") return "never_asked";
  const text = question(title, impact);
  const answer = ask ? await ask(text) : "unsupported";
  if (answer === "accepted") return "person";
  if (answer !== "unsupported") throw refused(answer);
  if (mode === "elicit-only") {
    throw new OktaMcpError(
      "declined",
      "Nothing was changed. This client cannot ask a person, and OKTA_MCP_CONFIRM=elicit-only demands it.",
      { fix: ASK_ELSEWHERE, data: { decided_by: "okta-mcp", answer: "failed" } },
    );
  }
  const wrong = confirmation === undefined ? undefined : values.redeem(confirmation, subject);
  if (confirmation !== undefined && wrong === undefined) return "one_time_value";
  throw new OktaMcpError(
    "needs_confirmation",
    `Nothing was changed yet${wrong === undefined ? "" : `: the confirmation does not count, since ${wrong}`}. What would happen:\n${text}`,
    {
      data: {
        ...shownImpact(impact),
        confirmation: values.issue(subject),
        valid_for_seconds: VALUE_LIFETIME_MS / 1000,
      },
    },
  );
}
