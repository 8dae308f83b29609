import { OktaMcpError } from "../../errors/index.js";
import { createLog } from "../../log.js";
import { type LoadedServe, loadServe, serveFileError } from "../../people/load-serve.js";
import { mayBeThere, storePlaceOf } from "../../people/store-place.js";
import type { OpenStoreOptions, Store } from "../../store/open-store.js";
import type { Io } from "../io.js";
import { SERVE_CHECKS } from "./serve-checks.js";

type Action<T> = (store: Store, loaded: LoadedServe) => Promise<T>;

/**
 * Runs an action on what a company's server keeps, beside the running server.
 * @param config the path of serve.json
 * @param now epoch milliseconds
 * @throws OktaMcpError bad_config, also where no server of these settings was started yet; store_unavailable
 */
export function besideServer<T>(io: Io, config: string, action: Action<T>, now: () => number = Date.now): Promise<T> {
  return withStore(io, config, { as: "beside", now }, action);
}

/**
 * Runs an action on what a company's server keeps, while none runs, where keys of it are lost.
 * @param config the path of serve.json
 * @throws OktaMcpError bad_config, also while a server runs; store_unavailable
 */
export function withNobodyServing<T>(io: Io, config: string, action: Action<T>): Promise<T> {
  return withStore(io, config, { as: "server", startsOver: true }, action);
}

/**
 * Runs an action on what a company's server keeps, while none runs. Whether one does is known of SQLite alone.
 * @param config the path of serve.json
 * @throws OktaMcpError bad_config, also while a server runs; store_unavailable
 */
export function whileStopped<T>(io: Io, config: string, action: Action<T>): Promise<T> {
  return withStore(io, config, { as: "server" }, action);
}

async function withStore<T>(
  io: Io,
  config: string,
  how: Pick<OpenStoreOptions, "as" | "startsOver" | "now">,
  action: Action<T>,
): Promise<T> {
  const loaded = loadServe(config, SERVE_CHECKS);
  if ("problems" in loaded) throw serveFileError(config, loaded.problems);
  const log = createLog({ level: "error", stderr: io.stderr });
  const { openStore } = await import("../../store/open-store.js");
  const place = storePlaceOf(loaded);
  if (!mayBeThere(place)) {
    throw new OktaMcpError("bad_config", `There is no folder ${place.dir}, so nothing was kept yet.`, {
      fix: "Start the server once, or set data_dir in serve.json to the folder of its data.",
    });
  }
  const store = await openStore({ ...place, ...how, log });
  try {
    return await action(store, loaded);
  } finally {
    await store.close();
  }
}
