import { constants } from "node:fs";
import { join } from "node:path";
import { openPrivateFile, readPrivateFile } from "../files/private-file.js";

const NAME = "last-mark";
const KEEPS = "the last mark of the database";
/** Always so many digits, so that a new mark takes the place of the old one whole. */
const DIGITS = 16;

/**
 * The last mark that this server has made in its database, in a file beside it. A database whose own mark is older was
 * put back from a backup.
 */
export class MarkFile {
  readonly #path: string;

  /** @param dir the folder of the server's data */
  constructor(dir: string) {
    this.#path = join(dir, NAME);
  }

  /** The mark; 0 where none was made yet. @throws OktaMcpError bad_config where others can read the file */
  async read(): Promise<number> {
    const mark = Number((await readPrivateFile(this.#path, KEEPS)) ?? "0");
    return Number.isSafeInteger(mark) ? mark : 0;
  }

  async write(mark: number): Promise<void> {
    const file = await openPrivateFile(this.#path, constants.O_WRONLY | constants.O_CREAT, KEEPS);
    try {
      await file.write(`${String(mark).padStart(DIGITS, "0")}\n`, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
