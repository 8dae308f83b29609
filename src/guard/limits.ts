import { type Principal, principalKey } from "../auth/principal.js";
import { type ErrorDetails, OktaMcpError } from "../errors/index.js";
import { DAY_MS, hasRoom, type LimitStore, MINUTE_MS, type Used, type Wanted, within } from "./limit-store.js";
import type { Allowance, GuardRules } from "./rules.js";

/** The kinds of counted calls. A removal counts as a write as well. */
export type Counted = "write" | "removal";

type Name = "writes" | "removals";

/** So many writes at once. `writes` counts the removals too. */
export type WantedAtOnce = Readonly<Record<Name, number>>;

/** The removals come first: who may not remove any more is told so. */
const NAMES: readonly Name[] = ["removals", "writes"];

export interface WriteLimitsOptions {
  rules: Pick<GuardRules, "limits" | "file">;
  store: LimitStore;
  /** The principal whose writes are counted. Each has an allowance of its own. */
  who: () => Promise<Principal>;
  /** Epoch milliseconds. */
  now: () => number;
}

/** A count that a guard file limits. */
interface Limited extends Wanted {
  name: Name;
  principal: Principal;
}

/** An allowance without room for what is wanted. */
interface Reached {
  key: "per_session" | "per_minute" | "per_day";
  limit: number;
  span: string;
  used: number;
  more: number;
}

/** Counts writes against what a guard file allows. */
export class WriteLimits {
  readonly #options: WriteLimitsOptions;

  constructor(options: WriteLimitsOptions) {
    this.#options = options;
  }

  /** @throws OktaMcpError protected, when one more would be too many; counts nothing */
  check(as: Counted): Promise<void> {
    return this.checkAll(atOnce(as));
  }

  /**
   * Looks whether there is room for several at once; counts nothing.
   * @throws OktaMcpError protected, when they would be too many
   */
  async checkAll(wanted: WantedAtOnce): Promise<void> {
    const { store, now } = this.#options;
    for (const limited of await this.#limited(wanted)) {
      const more = wanted[limited.name];
      const nowMs = now();
      const used = await store.used(limited.key, nowMs);
      if (!hasRoom(limited.allowance, used, more, nowMs)) throw this.#refusal(limited, used, more);
    }
  }

  /**
   * Counts a call that is about to happen, before it happens, so that none of several calls at once slips through.
   * @throws as `check`
   */
  async take(as: Counted): Promise<void> {
    const { store, now } = this.#options;
    const wanted = await this.#limited(atOnce(as));
    const refused = wanted.length === 0 ? undefined : await store.take(wanted, now());
    if (refused === undefined) return;
    const full = wanted.find(({ key }) => key === refused.key);
    if (full) throw this.#refusal(full, refused.used, 1);
    throw new OktaMcpError("bug", "The store of limits refused a count that nobody wanted; nothing was changed.");
  }

  /** The counts that a guard file limits. Without a limit nobody has to be known, and nothing is kept. */
  async #limited(wanted: WantedAtOnce): Promise<Limited[]> {
    const { rules, who } = this.#options;
    const names = NAMES.filter((name) => wanted[name] > 0 && isLimited(rules.limits[name]));
    if (names.length === 0) return [];
    const principal = await who();
    const whose = principalKey(principal);
    return names.map((name) => ({ name, key: `${name} ${whose}`, allowance: rules.limits[name], principal }));
  }

  #refusal(limited: Limited, used: Used, more: number): OktaMcpError {
    const { perSession, perDay, perMinute } = limited.allowance;
    if (perSession !== undefined && used.total + more > perSession) {
      const span = "in one session of this server";
      return this.#refused(
        limited,
        { key: "per_session", limit: perSession, span, used: used.total, more },
        {
          fix: "Tell the person that the limit is reached. A person can raise it or start the server again.",
          atTerminal: { fix: "The limit stands in the guard file." },
        },
      );
    }
    const nowMs = this.#options.now();
    const today = within(used, DAY_MS, nowMs);
    if (perDay !== undefined && today.length + more > perDay) {
      const reached = { key: "per_day", limit: perDay, span: "within 24 hours", used: today.length, more } as const;
      return this.#untilLater(limited, reached, today, DAY_MS);
    }
    const lately = within(used, MINUTE_MS, nowMs);
    const reached = {
      key: "per_minute",
      limit: perMinute ?? 0,
      span: "within a minute",
      used: lately.length,
      more,
    } as const;
    return this.#untilLater(limited, reached, lately, MINUTE_MS);
  }

  /**
   * The refusal by an allowance that has room again later.
   * @param times those of the counts that take up the room, in epoch milliseconds, the oldest first
   * @param spanMs the time after which a count takes up no more room
   */
  #untilLater(limited: Limited, reached: Reached, times: readonly number[], spanMs: number): OktaMcpError {
    const { limit, more } = reached;
    const nowMs = this.#options.now();
    // The time at which enough calls are old enough to make room for all that are wanted.
    const freeAtMs = (times.at(more - 1 - limit) ?? nowMs) + spanMs;
    const waitSeconds = more > limit ? undefined : Math.max(1, Math.ceil((freeAtMs - nowMs) / 1000));
    const next = waitSeconds === undefined ? "" : `The next one is possible in ${waitSeconds} s.`;
    return this.#refused(limited, reached, {
      fix: `Tell the person that the limit is reached. ${next}`.trim(),
      atTerminal: { fix: next || "The limit stands in the guard file." },
      ...(waitSeconds === undefined ? {} : { data: { possible_in_seconds: waitSeconds } }),
    });
  }

  #refused(
    { name, principal: { login, client } }: Limited,
    { key, limit, span, used, more }: Reached,
    { data, ...advice }: Required<Pick<ErrorDetails, "fix" | "atTerminal">> & Pick<ErrorDetails, "data">,
  ): OktaMcpError {
    const { file = "the guard file" } = this.#options.rules;
    const rule = `limits.${name}.${key}`;
    const left = Math.max(0, limit - used);
    const why =
      left === 0 ? "and that is reached" : `of which ${left} ${left === 1 ? "is" : "are"} left, and this takes ${more}`;
    const what = limit === 1 ? name.replace(/s$/, "") : name;
    const whose = login ?? client;
    return new OktaMcpError(
      "protected",
      `Nothing was changed. ${rule} in ${file} allows ${limit} ${what} ${span}, ${why}.`,
      {
        ...advice,
        data: { rule, file, limit, ...(whose === undefined ? {} : { counted_for: whose }), ...data },
      },
    );
  }
}

function atOnce(as: Counted): WantedAtOnce {
  return { writes: 1, removals: as === "removal" ? 1 : 0 };
}

function isLimited({ perSession, perMinute, perDay }: Allowance): boolean {
  return perSession !== undefined || perMinute !== undefined || perDay !== undefined;
}
