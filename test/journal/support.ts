import type { Change, Journal } from "../../src/journal/change.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { accepts, type ConnectOptions, connect } from "../support/client.js";

type JsonObject = { [key: string]: unknown };

/** Everything on record, the newest first. */
export async function changesIn(journal: Journal): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const change of journal.changes()) changes.push(change);
  return changes;
}

/** A client whose person agrees, a server that records in memory, and what is on record. */
export async function recording({ journal = new MemoryJournal(), ...options }: ConnectOptions = {}) {
  const org = await connect({ journal, person: accepts, ...options });
  const changes = () => changesIn(journal);
  const latest = async (): Promise<Change> => {
    const [change] = await changes();
    if (change === undefined) throw new Error("Nothing is on record.");
    return change;
  };
  /** Makes a group and gives its id. */
  const newGroup = async (profile: JsonObject = { name: "Sales", description: "Sells" }) =>
    String((await org.get("create_group", { profile })).id);
  return { ...org, journal, changes, latest, newGroup };
}
