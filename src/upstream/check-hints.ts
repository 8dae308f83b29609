import { isObject } from "../json/json.js";
import type { Store } from "../store/open-store.js";

/**
 * The events after which somebody may have less access than before (Okta: event types that are eligible for event
 * hooks). Every other one changes nothing here.
 */
const EVENTS: ReadonlySet<unknown> = new Set([
  "user.lifecycle.deactivate",
  "user.lifecycle.suspend",
  "user.lifecycle.delete.initiated",
  "user.lifecycle.unsuspend",
  "user.lifecycle.activate",
  "user.lifecycle.reactivate",
  "user.session.clear",
  "application.user_membership.remove",
  "application.user_membership.add",
  "group.user_membership.remove",
  "group.user_membership.add",
]);

/** The ids of Okta's objects. */
const ID = /^[\w-]{1,64}$/;

/**
 * The ids of the users whom the events of an event hook are about; undefined for a body that is none of an event hook.
 * That is all that is read of them: they are a hint, and what has become of a person Okta itself is asked.
 */
export function usersIn(body: unknown): string[] | undefined {
  const events = isObject(body) && isObject(body.data) ? body.data.events : undefined;
  if (!Array.isArray(events)) return undefined;
  const ids = new Set<string>();
  for (const event of events) {
    if (!isObject(event) || !EVENTS.has(event.eventType) || !Array.isArray(event.target)) continue;
    for (const target of event.target) {
      if (!isObject(target) || target.type !== "User" || typeof target.id !== "string") continue;
      if (ID.test(target.id)) ids.add(target.id);
    }
  }
  return [...ids];
}

export interface CheckHintsOptions {
  store: Pick<Store, "people">;
  /** The issuers by which people are known. */
  issuers: readonly string[];
  /** Begins to ask Okta about those who are due. */
  onDue(): void;
}

/** The time in which hints are collected before they are kept together. */
const COLLECT_MS = 50;
/** The most users that are collected. Beyond that everybody is asked about. */
const MOST = 50_000;

/**
 * Takes hints that Okta is to be asked about people. A burst becomes few statements: users whom nobody here knows leave
 * no trace, and somebody who is due already is due once.
 */
export class CheckHints {
  readonly #options: CheckHintsOptions;
  #subjects = new Set<string>();
  #kept: Promise<void> | undefined;

  constructor(options: CheckHintsOptions) {
    this.#options = options;
  }

  /** Resolves when the hints are kept, so that they outlast a stop. */
  add(subjects: readonly string[]): Promise<void> {
    for (const subject of subjects) if (this.#subjects.size <= MOST) this.#subjects.add(subject);
    if (this.#subjects.size === 0) return Promise.resolve();
    this.#kept ??= new Promise((resolve, reject) => {
      setTimeout(() => {
        this.#kept = undefined;
        this.#keep().then(resolve, reject);
      }, COLLECT_MS);
    });
    return this.#kept;
  }

  async #keep(): Promise<void> {
    const { store, issuers, onDue } = this.#options;
    const subjects = this.#subjects;
    this.#subjects = new Set();
    const due = await store.people.setDue(issuers, subjects.size > MOST ? undefined : [...subjects]);
    if (due > 0) onDue();
  }
}
