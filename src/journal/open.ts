import { join } from "node:path";
import { OktaMcpError } from "../errors/index.js";
import { fileNameOf } from "../files/store-key.js";
import { dataDir } from "../files/user-dirs.js";
import type { Journal } from "./change.js";
import { FileJournal } from "./file-journal.js";

/** `OKTA_MCP_JOURNAL`: a folder, `off`, or the user's data folder where nothing is set. */
export type JournalPlace = { folder: string } | "off" | undefined;

export interface OpenJournalOptions {
  place: JournalPlace;
  /** The org's origin. */
  orgUrl: string;
  clientId: string | undefined;
  /** The size in bytes at which a file is put aside. */
  maxFileBytes: number;
  maxFiles: number;
}

/** The journal of one org and client. It touches no file before its first use. Undefined when it is off. */
export function openJournal(options: OpenJournalOptions): Journal | undefined {
  const { place, orgUrl, clientId = "", maxFileBytes, maxFiles } = options;
  if (place === "off") return undefined;
  return new FileJournal({
    dir: async () => join(await folderOf(place), nameFor(orgUrl, clientId)),
    maxFileBytes,
    maxFiles,
  });
}

/** The name of the folder. Its host is for people; the rest tells the clients of one org apart. */
function nameFor(orgUrl: string, clientId: string): string {
  return `${new URL(orgUrl).host.replace(/[^a-z0-9.-]/gi, "_")}-${fileNameOf({ orgUrl, clientId }).slice(0, 12)}`;
}

async function folderOf(place: { folder: string } | undefined): Promise<string> {
  if (place) return place.folder;
  const data = dataDir();
  if (data !== undefined) return join(data, "journal");
  throw new OktaMcpError("bad_config", "This user has no home folder in which a journal of changes could be kept.", {
    fix: "Set OKTA_MCP_JOURNAL to a folder of this user, or to `off`.",
  });
}
