import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { OktaMcpError } from "../errors/index.js";
import { mayBeThere, type StorePlace } from "../people/store-place.js";
import { NO_TABLES } from "../store/migrate.js";
import { openStore, type Store } from "../store/open-store.js";
import type { CheckContext } from "./check-context.js";
import { about, type Finding, wrongAs } from "./finding.js";

/** The room below which a database may soon fail to write. */
const MIN_FREE_BYTES = 200_000_000;

/**
 * Looks at what the server keeps, beside a server that may be running, and leaves it as it is.
 * @param place where the store and its keys are
 * @returns the store, which the caller closes, where there is one
 */
export async function checkStore(
  context: Pick<CheckContext, "content" | "log" | "now">,
  place: StorePlace,
): Promise<{ store: Store | undefined; findings: Finding[] }> {
  const { postgres } = place;
  if (postgres === undefined) return openForCheck(context, place);
  const { checkPostgres } = await import("./check-postgres.js");
  const { findings, opens } = await checkPostgres(context, postgres);
  if (!opens) return { store: undefined, findings };
  const opened = await openForCheck(context, place);
  return { store: opened.store, findings: [...findings, ...opened.findings] };
}

async function openForCheck(
  { log, now }: Pick<CheckContext, "log" | "now">,
  place: StorePlace,
): Promise<{ store: Store | undefined; findings: Finding[] }> {
  const { dir } = place;
  const { ok, wrong, note } = about("store");
  if (!mayBeThere(place)) {
    return {
      store: undefined,
      findings: [note(`${dir} is not there; the first start makes it.`), ...(await space(dir))],
    };
  }
  try {
    const store = await openStore({ ...place, as: "beside", log, now });
    await store.ping();
    const { added, gone } = store.keyChange;
    const keys = about("data keys");
    const changed =
      gone.length === 0
        ? keys.ok(`They are those with which the database was written${added.length > 0 ? ", and newer ones" : ""}.`)
        : keys.wrong(
            `Keys with the fingerprints ${gone.join(", ")} are gone: what they encrypted cannot be read, and no server starts.`,
            "Give the file that the other instances have, or put the keys back from the backup, behind the first key of the file. To give a key up, run: okta-mcp serve keys drop",
          );
    return { store, findings: [ok(`${store.place} opens and is up to date.`), changed, ...(await space(dir))] };
  } catch (error) {
    if (!(error instanceof OktaMcpError)) throw error;
    const isNew = error.data?.reason === NO_TABLES && place.migrates !== false;
    const finding = isNew ? note(error.message, "The first start makes them.") : wrongAs(wrong, error);
    return { store: undefined, findings: [finding, ...(await space(dir))] };
  }
}

async function space(dir: string): Promise<Finding[]> {
  const { ok, wrong, unknown } = about("free space");
  let place = dir;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    const { bavail, bsize } = await statfs(place);
    const megabytes = Math.floor((bavail * bsize) / 1_000_000);
    const message = `${megabytes} MB are free where the data are.`;
    return [
      bavail * bsize < MIN_FREE_BYTES ? wrong(message, "Make room: a full disk stops every sign-in.") : ok(message),
    ];
  } catch {
    return [unknown(`The system does not tell how much room there is at ${place}.`)];
  }
}
