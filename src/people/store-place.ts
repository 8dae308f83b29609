import { existsSync } from "node:fs";
import { pathBeside } from "../config/app-files.js";
import type { OpenStoreOptions } from "../store/open-store.js";
import { readPostgres } from "./read-postgres.js";
import type { ServeFile } from "./serve-fields.js";

/** Where a server keeps what it keeps: its folder, its data keys, and the database where it is not in that folder. */
export type StorePlace = Pick<OpenStoreOptions, "dir" | "keysFile" | "postgres" | "migrates">;

/**
 * Where the server of a serve.json without mistakes keeps what it keeps. Relative paths begin at its own folder.
 * @param place.file the path of serve.json
 */
export function storePlaceOf({
  content: { data_dir, data_keys_file, store },
  file,
}: {
  content: Pick<ServeFile, "data_dir" | "data_keys_file" | "store">;
  file: string;
}): StorePlace {
  return {
    dir: pathBeside(file, data_dir),
    keysFile: data_keys_file === undefined ? undefined : pathBeside(file, data_keys_file),
    // Mistakes of files are told when serve.json is loaded.
    postgres: readPostgres(store, file, () => {}),
    migrates: store.migrate_at_start,
  };
}

/** False where the server was surely never started: the folder of its data is not there. */
export function mayBeThere({ dir, postgres }: StorePlace): boolean {
  return postgres !== undefined || existsSync(dir);
}
