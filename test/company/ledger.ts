import type { Org } from "../../sandbox/org.js";
import { textAt } from "../../src/json/json.js";
import type { Store } from "../../src/store/open-store.js";
import type { Told } from "./mcp-client.js";

/** What a client was told about each change, beside what the org has and what the journal says. */
export class Ledger {
  readonly #prefix: string;
  readonly #told = new Map<string, Told>();
  readonly #others: Told[] = [];
  #next = 0;

  /** @param prefix begins the names of what is made, so that two ledgers never share one */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** A name for something that a client makes. */
  name(): string {
    this.#next += 1;
    return `${this.#prefix}-${String(this.#next).padStart(6, "0")}`;
  }

  /** Takes what the client was told about something with this name. */
  made(name: string, told: Told): void {
    this.#told.set(name, told);
  }

  /** Takes what a client was told about a request that changes nothing. */
  read(told: Told): void {
    this.#others.push(told);
  }

  /** All that clients were told so far. */
  get all(): readonly Told[] {
    return [...this.#told.values(), ...this.#others];
  }

  get size(): number {
    return this.#told.size + this.#others.length;
  }

  /** The requests whose connection ended without an answer. */
  get cut(): number {
    return this.all.filter(({ end }) => end === "cut").length;
  }

  /** Who was refused, by code, as a text: `12 429, 3 cut off`. */
  refusals(): string {
    const counts = new Map<string, number>();
    for (const { end, code } of this.all) {
      if (end === "done") continue;
      const what = end === "cut" ? `cut off${process.env.OKTA_MCP_TEST_DETAIL === "1" ? ` (${code})` : ""}` : code;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    return [...counts].map(([what, count]) => `${count} ${what}`).join(", ") || "none";
  }

  /** The time within which this part of the requests had its answer, e.g. 0.95, in milliseconds. */
  within(part: number): number {
    const sorted = this.all.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  }

  /**
   * Compares the three sides.
   * @returns what is missing on one of them, and what happened more than once, each with its name
   */
  async compare(org: Org, store: Store): Promise<{ lost: string[]; doubled: string[] }> {
    const inOrg = counted(org.groups.all().map(({ profile }) => String(profile.name)));
    const inJournal = await this.#journalled(store);
    const lost: string[] = [];
    const doubled: string[] = [];
    for (const [name, { end, code }] of this.#told) {
      const [there, recorded] = [inOrg.get(name) ?? 0, inJournal.get(name)];
      if (there > 1) doubled.push(`${name} is there ${there} times`);
      if (end === "done" && there === 0) lost.push(`${name}: the client was told it is done, and it is not there`);
      if (there > 0 && recorded === undefined) lost.push(`${name} is there and on no record`);
      if (end === "done" && recorded !== "done") lost.push(`${name}: done, and the record says ${recorded}`);
      if (there > 0 && (recorded === "refused" || recorded === "failed")) {
        lost.push(`${name} is there, the client was told ${end} ${code}, and the record says ${recorded}`);
      }
    }
    return { lost, doubled };
  }

  /** How each change ended, by the journal. */
  async #journalled(store: Store): Promise<Map<string, string>> {
    const outcomes = new Map<string, string>();
    for await (const { arguments: args, outcome } of store.journalFor({ person: "", sees: "all" }).changes()) {
      const name = textAt(args, "profile", "name");
      if (name?.startsWith(this.#prefix)) outcomes.set(name, outcome);
    }
    return outcomes;
  }
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
