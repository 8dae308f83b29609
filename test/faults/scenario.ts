import assert from "node:assert/strict";
import type { RecordedRequest } from "../../sandbox/server.js";
import { mayBeLeftOut, mustTestAll } from "../support/programs.js";
import type { Json, Outcome } from "../support/server-process.js";
import { openStage, type Stage, type StageOptions } from "../support/stage.js";

/** One fault, and what has to be seen of it. */
export interface Scenario {
  name: string;
  stage?: StageOptions;
  /** True where a time limit of the server has to pass, so that it is started first. */
  slow?: boolean;
  /** Why it cannot be played on this machine; undefined where it can. */
  lacks?: () => string | undefined;
  play(act: Act): Promise<void>;
}

/** A line of the table. */
export interface Row {
  name: string;
  sees: string;
  fix: string;
  reached: string;
  sentTwice: number;
  next: string;
  tookMs: number;
  /** What was not as expected; undefined where all was. */
  failure: string | undefined;
  skipped?: boolean;
}

export interface Expected {
  /** What the caller sees: "ok" or the code of an error. */
  sees: string;
  /** What the error's message and advice have to say. */
  says?: RegExp;
  /**
   * What reaches the org, e.g. "2 PUT"; an expression where the count is left to chance. Reads count
   * only where it names them: how often a write looks at its object before and after is not at issue.
   */
  reached: string | RegExp;
  /** What the next call sees; by default "ok". */
  next?: string;
  /** Whatever else has to be so, once the call has ended; throws where it is not. */
  check?: (outcome: Outcome) => void | Promise<void>;
}

/** What a scenario does with its stage. */
export interface Act extends Stage {
  /** Plays one call or several, checks what came of it and the call after it, and makes a line of the table of it. */
  line(name: string, expected: Expected, calls: () => Promise<Outcome>): Promise<void>;
}

/** The call after the fault, the same everywhere. */
const NEXT_CALL: [name: string, args: Json] = ["list_groups", { limit: 1 }];

const TOKEN_PATH = "/oauth2/v1/token";

/** What reached the org, by method; requests for tokens by their name. */
export function reached(requests: readonly RecordedRequest[]): string {
  const counts = new Map<string, number>();
  for (const { method, path } of requests) {
    const what = path.startsWith("/oauth2/") ? (path === TOKEN_PATH ? "token" : "sign-in") : method;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(", ") || "nothing";
}

/**
 * How many writes that must not happen twice the org got more than once: every POST, and the
 * deletion of a user, which means more the second time. An attempt that Okta refused with 401 or
 * 429 did nothing.
 */
export function writesSentTwice(requests: readonly RecordedRequest[]): number {
  const seen = new Set<string>();
  let twice = 0;
  for (const { method, path, body, status } of requests) {
    const once =
      path.startsWith("/api/") && (method === "POST" || (method === "DELETE" && /\/users\/[^/]+$/.test(path)));
    if (!once || status === 401 || status === 429) continue;
    const write = `${method} ${path} ${body}`;
    if (seen.has(write)) twice += 1;
    seen.add(write);
  }
  return twice;
}

/** Plays a scenario on a stage of its own. Never rejects: what went wrong is in the rows. */
export async function play({ name, stage: options, lacks, play: act }: Scenario): Promise<Row[]> {
  const rows: Row[] = [];
  const row = (rest: Partial<Row>): Row => ({
    name,
    sees: "",
    fix: "",
    reached: "",
    sentTwice: 0,
    next: "",
    tookMs: 0,
    failure: undefined,
    ...rest,
  });
  const missing = lacks?.();
  if (missing !== undefined) {
    const failure = mustTestAll() && !mayBeLeftOut(missing) ? "OKTA_MCP_TEST_ALL=1" : undefined;
    return [row({ sees: `skipped: ${missing}`, skipped: true, failure })];
  }
  let stage: Stage | undefined;
  try {
    const opened = await openStage(options);
    stage = opened;
    const line: Act["line"] = async (part, expected, calls) => {
      opened.forget();
      const outcome = await calls();
      const requests = [...opened.requests()];
      const next = await opened.server.call(...NEXT_CALL);
      const played = row({
        name: part === "" ? name : `${name}: ${part}`,
        sees: outcome.sees,
        fix: outcome.fix,
        reached: reached(requests),
        sentTwice: writesSentTwice(requests),
        next: next.sees,
        tookMs: outcome.tookMs,
      });
      rows.push(played);
      try {
        assert.equal(outcome.sees, expected.sees, `what the caller sees (${outcome.message})`);
        if (expected.says) assert.match(`${outcome.message} ${outcome.fix}`, expected.says);
        if (outcome.sees !== "ok" && outcome.sees !== "gone" && outcome.sees !== "cancelled") {
          assert.ok(outcome.fix.length > 10, "an error says what to do");
        }
        const { reached: wanted } = expected;
        const counted = String(wanted).includes("GET") ? requests : requests.filter(({ method }) => method !== "GET");
        if (wanted instanceof RegExp) assert.match(reached(counted), wanted, "what reached the org");
        else assert.equal(reached(counted), wanted, "what reached the org");
        assert.equal(played.sentTwice, 0, "writes sent twice");
        assert.equal(next.sees, expected.next ?? "ok", `what the next call sees (${next.message})`);
        await expected.check?.(outcome);
      } catch (error) {
        played.failure = messageOf(error);
      }
    };
    // The stage's own getters have to stay getters: a restart changes what they give.
    await act(Object.create(opened, { line: { value: line } }) as Act);
  } catch (error) {
    rows.push(row({ sees: "the scenario broke off", failure: messageOf(error) }));
  }
  await stage?.close().catch((error: unknown) => rows.push(row({ sees: "at the end", failure: messageOf(error) })));
  return rows;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
