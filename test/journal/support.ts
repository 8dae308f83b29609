import type { Change, Journal } from "../../src/journal/change.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { accepts, type ConnectOptions, connect } from "../support/client.js";

type JsonObject = { [key: string]: unknown };

/** The changes of a journal, the newest first. */
export async function changesIn(journal: Journal): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const change of journal.changes()) changes.push(change);
  return changes;
}

/** Connects a client whose person agrees to everything to a server with a journal in memory. */
export async function recording({ journal = new MemoryJournal(), ...options }: ConnectOptions = {}) {
  const org = await connect({ journal, person: accepts, ...options });
  const changes = () => changesIn(journal);
  const latest = async (): Promise<Change> => {
    const [change] = await changes();
    if (change === undefined) throw new Error("Nothing is on record.");
    return change;
  };
  /** Makes a group and returns its id. */
  const newGroup = async (profile: JsonObject = { name: "Sales", description: "Sells" }) =>
    String((await org.get("create_group", { profile })).id);
  return { ...org, journal, changes, latest, newGroup };
}
