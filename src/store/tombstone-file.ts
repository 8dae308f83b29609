import { constants } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { OktaMcpError } from "../errors/index.js";
import { openPrivateFile, readPrivateFile } from "../files/private-file.js";
import type { Tombstone } from "./tombstones.js";

const NAME = "erased.jsonl";
const KEEPS = "tombstones";

const lineSchema = z.object({ subject_hash: z.string(), erased_at: z.iso.datetime(), was_blocked: z.boolean() });

/** The tombstones in a file beside the database, one on each line. A backup of the database leaves it as it is. */
export class TombstoneFile {
  readonly path: string;

  /** @param dir the folder of the server's data */
  constructor(dir: string) {
    this.path = join(dir, NAME);
  }

  /** Adds a tombstone. It is on the disk when this resolves. @throws OktaMcpError bad_config where others can read the file */
  async add({ subjectHash, erasedAtMs, wasBlocked }: Tombstone): Promise<void> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
    const file = await openPrivateFile(this.path, flags, KEEPS);
    try {
      const erased_at = new Date(erasedAtMs).toISOString();
      await file.writeFile(`${JSON.stringify({ subject_hash: subjectHash, erased_at, was_blocked: wasBlocked })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** All tombstones; none where there is no file. @throws OktaMcpError bad_config for a line that is none */
  async read(): Promise<Tombstone[]> {
    const text = (await readPrivateFile(this.path, KEEPS)) ?? "";
    return text
      .split("\n")
      .map((line, index) => ({ line, number: index + 1 }))
      .filter(({ line }) => line.trim() !== "")
      .map(({ line, number }) => this.#parsed(line, number));
  }

  #parsed(line: string, number: number): Tombstone {
    try {
      const { subject_hash, erased_at, was_blocked } = lineSchema.parse(JSON.parse(line));
      return { subjectHash: subject_hash, erasedAtMs: Date.parse(erased_at), wasBlocked: was_blocked };
    } catch {
      throw new OktaMcpError("bad_config", `Line ${number} of ${this.path} tells of nobody whose data were erased.`, {
        fix: "Put the line right or take it out: each has subject_hash, erased_at and was_blocked.",
      });
    }
  }
}
