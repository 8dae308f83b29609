import { createLog } from "../../log.js";
import { loadServe, serveFileError } from "../../people/load-serve.js";
import { storePlaceOf } from "../../people/store-place.js";
import { migrateStore } from "../../store/open-store.js";
import { inertJson } from "../../text/inert-json.js";
import type { Io } from "../io.js";
import { SERVE_CHECKS } from "./serve-checks.js";

export interface RunMigrateOptions {
  /** The path of serve.json. */
  config: string;
  json?: boolean;
}

/**
 * Brings the tables of a company's database to this version. With PostgreSQL servers may run meanwhile.
 * @returns the exit code
 * @throws OktaMcpError bad_config, store_unavailable
 */
export async function runServeMigrate(io: Io, { config, json = false }: RunMigrateOptions): Promise<number> {
  const loaded = loadServe(config, SERVE_CHECKS);
  if ("problems" in loaded) throw serveFileError(config, loaded.problems);
  const log = createLog({ level: "error", stderr: io.stderr });
  const made = await migrateStore({ ...storePlaceOf(loaded), migrates: true, log });
  if (json) io.out(inertJson({ migrations: made }, io.stdout.isTTY ? 2 : undefined));
  else if (made.length === 0) io.out("The database is up to date; nothing was changed.");
  else io.out(`The database is up to date. These steps were made:\n${made.map((name) => `  ${name}`).join("\n")}`);
  return 0;
}
