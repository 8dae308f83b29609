import assert from "node:assert/strict";
import type { RecordedRequest } from "../../sandbox/recorder.js";
import { mayBeLeftOut, mustTestAll } from "../support/programs.js";
import type { Json, Outcome } from "../support/server-process.js";
import { openStage, type Stage, type StageOptions } from "../support/stage.js";

/** One fault and its expected consequences. */
export interface Scenario {
  name: string;
  stage?: StageOptions;
  /** True if a time limit of the server has to pass. Such a scenario is started first. */
  slow?: boolean;
  /** Returns the reason why the scenario cannot be played here, or undefined if it can. */
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
  /** The first thing that was not as expected. Undefined if all was as expected. */
  failure: string | undefined;
  skipped?: boolean;
}

export interface Expected {
  /** The result for the caller: "ok" or the code of an error. */
  sees: string;
  /** A pattern that the error's message and advice have to match. */
  says?: RegExp;
  /**
   * The requests that reach the org, e.g. "2 PUT", or an expression if the number varies. Reads count only if this text
   * names them, because the number of reads around a write does not matter.
   */
  reached: string | RegExp;
  /** The result of the next call. The default is "ok". */
  next?: string;
  /** Checks everything else after the call has ended. Throws if something is wrong. */
  check?: (outcome: Outcome) => void | Promise<void>;
}

/** A scenario's view of its stage. */
export interface Act extends Stage {
  /** Plays one call or several, checks their outcome and the call after them, and adds the line to the table. */
  line(name: string, expected: Expected, calls: () => Promise<Outcome>): Promise<void>;
}

/** The call that every scenario makes after its fault. */
const NEXT_CALL: [name: string, args: Json] = ["list_groups", { limit: 1 }];

const TOKEN_PATH = "/oauth2/v1/token";

/** Returns the requests that reached the org as a text, e.g. "2 PUT, 1 token". It counts by method. */
export function reached(requests: readonly RecordedRequest[]): string {
  const counts = new Map<string, number>();
  for (const { method, path } of requests) {
    const what = path.startsWith("/oauth2/") ? (path === TOKEN_PATH ? "token" : "sign-in") : method;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(", ") || "nothing";
}

/**
 * Returns the number of writes that the org got again although they must not happen twice. These are every POST and the
 * deletion of a user, because the second deletion of a user does more than the first. An attempt that Okta refused with
 * 401 or 429 does not count, because it did nothing.
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

/** Plays a scenario on a stage of its own. Returns its rows. Never rejects: the rows tell what went wrong. */
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
    // The stage's getters have to stay getters, because a restart changes their values.
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
