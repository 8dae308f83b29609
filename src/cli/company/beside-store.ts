import { OktaMcpError } from "../../errors/index.js";
import { createLog } from "../../log.js";
import { type LoadedServe, loadServe, serveFileError } from "../../people/load-serve.js";
import { mayBeThere, storePlaceOf } from "../../people/store-place.js";
import type { Store } from "../../store/open-store.js";
import type { Io } from "../io.js";
import { SERVE_CHECKS } from "./serve-checks.js";

/**
 * Runs an action on what a company's server keeps, beside the running server.
 * @param config the path of serve.json
 * @throws OktaMcpError bad_config, also where no server of these settings was started yet; store_unavailable
 */
export async function besideServer<T>(
  io: Io,
  config: string,
  action: (store: Store, loaded: LoadedServe) => Promise<T>,
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
  const store = await openStore({ ...place, as: "beside", log });
  try {
    return await action(store, loaded);
  } finally {
    await store.close();
  }
}
