import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { OktaMcpError } from "../errors/index.js";
import { openPrivateFile, readPrivateFile } from "../files/private-file.js";
import type { Tombstone } from "./tombstones.js";

const NAME = "erased.jsonl";
const KEEPS = "tombstones";
/** How each line begins. */
const BEGINNING = '{"subject_hash":';

const lineSchema = z.object({ subject_hash: z.string(), erased_at: z.iso.datetime(), was_blocked: z.boolean() });

/** The tombstones in a file beside the database, one on each line. A backup of the database leaves it as it is. */
export class TombstoneFile {
  readonly path: string;

  /** @param dir the folder of the server's data */
  constructor(dir: string) {
    this.path = join(dir, NAME);
  }

  /**
   * Adds tombstones. They are on the disk when this resolves.
   * @throws OktaMcpError bad_config where others can read the file
   */
  async add(tombstones: readonly Tombstone[]): Promise<void> {
    if (tombstones.length === 0) return;
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND;
    const file = await openPrivateFile(this.path, flags, KEEPS);
    try {
      const text = tombstones.map(asLine).join("");
      await file.writeFile(`${(await hasCutLine(file)) ? "\n" : ""}${text}`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /**
   * All tombstones; none where there is no file. The beginning of one that a full disk or a kill has cut tells of nobody.
   * @throws OktaMcpError bad_config for another line that is none
   */
  async read(): Promise<Tombstone[]> {
    const text = (await readPrivateFile(this.path, KEEPS)) ?? "";
    return text
      .split("\n")
      .map((line, index) => ({ line, number: index + 1 }))
      .filter(({ line }) => line.trim() !== "")
      .flatMap(({ line, number }) => this.#parsed(line, number) ?? []);
  }

  #parsed(line: string, number: number): Tombstone | undefined {
    try {
      const { subject_hash, erased_at, was_blocked } = lineSchema.parse(JSON.parse(line));
      return { subjectHash: subject_hash, erasedAtMs: Date.parse(erased_at), wasBlocked: was_blocked };
    } catch {
      if (isCut(line)) return undefined;
      throw new OktaMcpError("bad_config", `Line ${number} of ${this.path} tells of nobody whose data were erased.`, {
        fix: "Put the line right or take it out: each has subject_hash, erased_at and was_blocked.",
      });
    }
  }
}

function asLine({ subjectHash, erasedAtMs, wasBlocked }: Tombstone): string {
  const erased_at = new Date(erasedAtMs).toISOString();
  return `${JSON.stringify({ subject_hash: subjectHash, erased_at, was_blocked: wasBlocked })}\n`;
}

/** True where the last line has no end. What is added would be glued to it. */
async function hasCutLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString("latin1") !== "\n";
}

/** True for the beginning of a line of ours, which does not come to its closing brace. */
function isCut(line: string): boolean {
  return (line.startsWith(BEGINNING) || BEGINNING.startsWith(line)) && !line.includes("}");
}
