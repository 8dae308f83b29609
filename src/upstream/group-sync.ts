import type { Log } from "../log.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import type { PersonChecks } from "./person-checks.js";
import { SignInFailure } from "./sign-in-failure.js";

export interface GroupSyncOptions {
  store: Pick<Store, "people" | "news">;
  /** Reads the ids of somebody's groups at the org, by a service app; undefined where there is none. */
  read: ((subject: string) => Promise<readonly string[]>) | undefined;
  checks: Pick<PersonChecks, "canAsk" | "check">;
  log: Pick<Log, "warn">;
  /** Epoch milliseconds. */
  now(): number;
}

/** Groups that were read within this time are as of now for an admin. */
const FRESH_MS = 5 * 60_000;
/** Groups that were read within this time count while the org does not answer. */
const STALE_MS = 60 * 60_000;
/** The time after a failure in which the org is not asked again for the same person. */
const PAUSE_MS = 30_000;

/** Reads the groups of somebody at the org, without them. */
export class GroupSync {
  readonly #options: GroupSyncOptions;
  readonly #failedAtMs = new Map<string, number>();

  constructor(options: GroupSyncOptions) {
    this.#options = options;
  }

  /** True where the groups of somebody can be read without them: by a service app, or by what their sign-in left here. */
  async canSync({ id }: KnownPerson): Promise<boolean> {
    return this.#options.read !== undefined || (await this.#options.checks.canAsk(id));
  }

  /**
   * Reads somebody's groups now and keeps them.
   * @returns the person with the groups as they are
   * @throws SignInFailure okta_unreachable, okta_busy where the org does not answer: nothing has changed then
   */
  async sync(person: KnownPerson): Promise<KnownPerson> {
    const { store, read, checks, log } = this.#options;
    if (read === undefined) await checks.check(person.id);
    else {
      const groups = await read(person.subject).catch((error: unknown) => {
        log.warn("the groups of a person cannot be read", { person: person.id, error });
        throw unreachable();
      });
      await store.people.setGroups(person.id, groups);
    }
    await store.news.publish({ about: "person", id: person.id });
    return (await store.people.find(person.id)) ?? person;
  }

  /**
   * Somebody with groups as of now: read anew where they are older than five minutes and somebody can ask.
   * @throws SignInFailure okta_unreachable where they cannot be read, and were not read within the last hour
   */
  async fresh(person: KnownPerson): Promise<KnownPerson> {
    const nowMs = this.#options.now();
    const ageMs = nowMs - (person.groupsAtMs ?? 0);
    if (ageMs < FRESH_MS || !(await this.canSync(person))) return person;
    const failedAtMs = this.#failedAtMs.get(person.id);
    const pauses = failedAtMs !== undefined && nowMs - failedAtMs < PAUSE_MS;
    try {
      if (pauses) throw unreachable();
      const read = await this.sync(person);
      this.#failedAtMs.delete(person.id);
      return read;
    } catch (error) {
      if (!pauses) this.#failedAtMs.set(person.id, nowMs);
      if (!(error instanceof SignInFailure) || ageMs >= STALE_MS) throw error;
      return person;
    }
  }
}

const unreachable = () =>
  new SignInFailure(
    "okta_unreachable",
    "The groups of a person cannot be read at the moment.",
    "Wait a minute and try again. `okta-mcp serve check` tells whether the directory app works.",
  );
