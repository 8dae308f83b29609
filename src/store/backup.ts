import { open, rm } from "node:fs/promises";
import { type Kysely, sql } from "kysely";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { writeNewPrivateFile } from "../files/private-file.js";
import type { Tables } from "./tables.js";

/**
 * Copies an SQLite database to a new file for this user alone, as it is at one moment; the server goes on meanwhile.
 * @throws OktaMcpError bad_config where the file cannot be made
 */
export async function copySqlite(db: Kysely<Tables>, file: string): Promise<void> {
  try {
    // SQLite fills an empty file, and would make one that others can read.
    await writeNewPrivateFile(file, "");
  } catch (error) {
    const why = codeOf(error) === "EEXIST" ? "it is there already" : codeOf(error);
    throw new OktaMcpError("bad_config", `The backup ${file} was not written: ${why}.`, {
      fix: "Name a file that is not there yet, in a folder that you may write to.",
    });
  }
  try {
    await sql`vacuum into ${file}`.execute(db);
    const written = await open(file, "r+");
    await written.sync().finally(() => written.close());
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** The error for a database that is copied by its own programs. */
export function copiedByItsOwn(place: string): OktaMcpError {
  return new OktaMcpError("bad_config", `${place} is copied with PostgreSQL's own programs.`, {
    fix: "Run pg_dump --format=custom --file=FILE on it, beside running servers; pg_restore puts it back.",
  });
}
