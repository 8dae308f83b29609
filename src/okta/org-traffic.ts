import { ServerClock } from "../net/server-clock.js";
import { realSleep } from "../net/waiting.js";
import { Scheduler, type SchedulerOptions } from "./scheduler.js";

/** The parts that all sessions with one org share. */
export interface Traffic {
  clock: ServerClock;
  /** Decides when requests leave. */
  scheduler: Scheduler;
}

/**
 * The traffic with each org that a process speaks with. Sessions of one org share its rate limits, so that they wait
 * for each other in one line in place of trampling each other's.
 */
export class OrgTraffic {
  readonly #options: Omit<SchedulerOptions, "clock">;
  readonly #orgs = new Map<string, Traffic>();

  /** @param options the numbers are for each org */
  constructor({ now = Date.now, sleep = realSleep, random = Math.random, ...numbers }: OrgTrafficOptions) {
    this.#options = { now, sleep, random, ...numbers };
  }

  /** The traffic with the org at an address, of which only the origin counts. */
  with(orgUrl: URL | string): Traffic {
    const { origin } = new URL(orgUrl);
    const known = this.#orgs.get(origin);
    if (known !== undefined) return known;
    const clock = new ServerClock(this.#options.now);
    const traffic = { clock, scheduler: new Scheduler({ ...this.#options, clock }) };
    this.#orgs.set(origin, traffic);
    return traffic;
  }
}

export type OrgTrafficOptions = Partial<Omit<SchedulerOptions, "clock">> & Pick<SchedulerOptions, "maxConcurrent">;
