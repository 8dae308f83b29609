import { OktaMcpError } from "../errors/index.js";
import type { Allowance, GuardRules } from "./rules.js";

const MINUTE_MS = 60_000;

/** What a call counts as: a removal is a write as well. */
export type Counted = "write" | "removal";

/** One allowance, and what was used of it. */
class Meter {
  readonly #allowance: Allowance;
  readonly #name: "writes" | "removals";
  #total = 0;
  /** When those of the last minute were made, in epoch milliseconds. */
  #recent: number[] = [];

  constructor(name: "writes" | "removals", allowance: Allowance) {
    this.#name = name;
    this.#allowance = allowance;
  }

  /** @throws OktaMcpError protected, when so many more would be too many */
  check(nowMs: number, file: string, more: number): void {
    if (more === 0) return;
    const { perSession, perMinute } = this.#allowance;
    if (perSession !== undefined && this.#total + more > perSession) {
      const span = "in one session of this server";
      throw this.#refusal({ limit: perSession, key: "per_session", span, used: this.#total, more }, file, {
        fix: "Tell the person that the limit is reached. A person can raise it or start the server again.",
      });
    }
    this.#recent = this.#recent.filter((atMs) => atMs > nowMs - MINUTE_MS);
    if (perMinute !== undefined && this.#recent.length + more > perMinute) {
      // As many have to pass as make room for all that are wanted at once.
      const freeAtMs = (this.#recent.at(more - 1 - perMinute) ?? nowMs) + MINUTE_MS;
      const waitSeconds = more > perMinute ? undefined : Math.max(1, Math.ceil((freeAtMs - nowMs) / 1000));
      const span = "within a minute";
      throw this.#refusal({ limit: perMinute, key: "per_minute", span, used: this.#recent.length, more }, file, {
        fix: `Tell the person that the limit is reached.${waitSeconds === undefined ? "" : ` The next one is possible in ${waitSeconds} s.`}`,
        ...(waitSeconds === undefined ? {} : { data: { possible_in_seconds: waitSeconds } }),
      });
    }
  }

  count(nowMs: number): void {
    this.#total += 1;
    this.#recent.push(nowMs);
  }

  #refusal(
    { limit, key, span, used, more }: { limit: number; key: string; span: string; used: number; more: number },
    file: string,
    { fix, data }: { fix: string; data?: Record<string, unknown> },
  ): OktaMcpError {
    const rule = `limits.${this.#name}.${key}`;
    const left = Math.max(0, limit - used);
    const why = left === 0 ? "and that is reached" : `of which ${left} are left, and this takes ${more}`;
    return new OktaMcpError(
      "protected",
      `Nothing was changed. ${rule} in ${file} allows ${limit} ${this.#name} ${span}, ${why}.`,
      { fix, data: { rule, file, limit, ...data } },
    );
  }
}

/** Counts the writes of one session against what a guard file allows. */
export class WriteLimits {
  readonly #writes: Meter;
  readonly #removals: Meter;
  readonly #file: string;
  readonly #now: () => number;

  constructor({ limits, file = "the guard file" }: Pick<GuardRules, "limits" | "file">, now: () => number) {
    this.#writes = new Meter("writes", limits.writes);
    this.#removals = new Meter("removals", limits.removals);
    this.#file = file;
    this.#now = now;
  }

  /** @throws OktaMcpError protected, when one more would be too many; counts nothing */
  check(as: Counted): void {
    this.checkAll({ writes: 1, removals: as === "removal" ? 1 : 0 });
  }

  /**
   * Looks whether there is room for several at once; counts nothing.
   * @param wanted `writes` counts the removals too
   * @throws OktaMcpError protected, when they would be too many
   */
  checkAll({ writes, removals }: { writes: number; removals: number }): void {
    this.#removals.check(this.#now(), this.#file, removals);
    this.#writes.check(this.#now(), this.#file, writes);
  }

  /** Counts one that is about to happen, so that of several at once none slips through. @throws as `check` */
  take(as: Counted): void {
    this.check(as);
    const nowMs = this.#now();
    if (as === "removal") this.#removals.count(nowMs);
    this.#writes.count(nowMs);
  }
}
