import type { Fleet } from "./fleet.js";
import type { Load } from "./load.js";
import type { Row } from "./row.js";

/** Ends the load and compares what clients were told with the org and the journal, as cells of a row. */
export async function settled(
  fleet: Fleet,
  load: Load,
): Promise<Pick<Row, "load" | "lost" | "doubled" | "refused" | "failure">> {
  await load.stop();
  const store = await fleet.database.open("beside");
  try {
    const { lost, doubled } = await load.ledger.compare(fleet.org, store);
    return {
      load: `${load.ledger.size} requests, ${load.perSecond} a second`,
      lost: lost.length,
      doubled: doubled.length,
      refused: load.ledger.refusals(),
      failure: [...lost, ...doubled][0],
    };
  } finally {
    await store.close();
  }
}

export const inSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** The first of these that is a failure. */
export const firstOf = (...failures: (string | undefined | false)[]): string | undefined =>
  failures.find((one): one is string => typeof one === "string");
