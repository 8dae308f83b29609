import { parseJson } from "../json/exact-json.js";
import type { Json } from "../json/json.js";

/**
 * How a write ended. `unknown`: the request left, and nothing tells whether Okta did it; so, too,
 * while a call is still under way.
 */
export type ChangeOutcome = "done" | "refused" | "failed" | "unknown";

/**
 * Who agreed: a person who was asked, a one-time value given back, `--yes`, nobody by `OKTA_MCP_CONFIRM=never`,
 * nobody had to, or nobody did: the write was refused before.
 */
export type RecordedConsent = "person" | "one_time_value" | "yes_flag" | "never_asked" | "not_needed" | "not_given";

/** Marks a change as a part of taking another back. */
export interface UndoMark {
  /** The change that is taken back. */
  of: string;
  /** All changes of one undo share it. */
  run: string;
}

/** One request of a write, without its body, which follows from the arguments. */
export interface SentRequest {
  method: string;
  /** With its query. */
  path: string;
  status?: number;
  okta_request_id?: string;
}

/** One write as the journal has it. Times are ISO 8601; nothing in it is unmasked. */
export interface Change {
  id: string;
  at: string;
  org: string;
  /** `subject`: the id of the user or app at the org; absent where it was not known, as in lines of before. */
  actor: { user: string | null; client_id: string | null; method: string; subject?: string };
  tool: string;
  /** Of the call: an update that takes something away `removes`. */
  effect: string;
  /** Other tools that do the same as a part of the call. */
  also_does?: string[];
  /** Absent where the call was refused before its arguments were understood. */
  arguments?: Json;
  /** What the object is called, where that is known. */
  target?: string;
  confirmed: RecordedConsent;
  requests: SentRequest[];
  outcome: ChangeOutcome;
  ended_at?: string;
  error?: { code: string; message: string };
  /** The object before and after; null where there was none, absent where that is not known. */
  before?: Json;
  after?: Json;
  /** The attributes that the guard file hid when this was recorded; absent where it hid none. */
  hidden_attributes?: string[];
  /** What is not as one would expect, a sentence each. */
  notes?: string[];
  /** The change that this one takes back. */
  undo_of?: string;
  /** All changes of one undo share it. */
  undo_run?: string;
  /** The changes that took this one back. */
  undone_by?: string[];
}

/** What the first line of a change holds. */
export type FirstLine = Omit<Change, "outcome" | "undone_by"> & { v: 1; outcome?: ChangeOutcome };

/** What a later line adds or corrects. */
export type LaterLine = { id: string } & Partial<Omit<Change, "id" | "at" | "undone_by">>;

export type JournalLine = FirstLine | LaterLine;

/** Keeps the changes made to one org. */
export interface Journal {
  /** Where, in words. */
  readonly place: string;
  /** Makes sure that a line could be written, as far as that can be known without writing one. @throws OktaMcpError bad_config */
  check(): Promise<void>;
  /** Adds a line; resolves when it would outlast a crash. @throws OktaMcpError bad_config when it cannot be written */
  append(line: JournalLine): Promise<void>;
  /** Every change, the newest first. @throws OktaMcpError bad_config when it cannot be read */
  changes(): AsyncIterable<Change>;
}

function isLine(value: unknown): value is JournalLine {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}

function isFirst(line: JournalLine): line is FirstLine {
  return "v" in line && line.v === 1 && Array.isArray(line.requests) && typeof line.tool === "string";
}

/**
 * Puts lines together to changes, given the lines from the newest to the oldest: what comes later
 * wins, and a change without an outcome has an unknown one. Lines that were cut off by a crash or a
 * full disk are left out, and so is what comes a second time.
 */
export class ChangeAssembler {
  readonly #later = new Map<string, LaterLine>();
  readonly #undoneBy = new Map<string, string[]>();
  readonly #seen = new Set<string>();

  /** Takes the next older line; the change that it completes, if it does. */
  take(text: string): Change | undefined {
    const line = parsed(text);
    if (line === undefined || this.#seen.has(line.id)) return undefined;
    const later = this.#later.get(line.id);
    if (!isFirst(line)) {
      this.#later.set(line.id, { ...line, ...later });
      return undefined;
    }
    this.#later.delete(line.id);
    this.#seen.add(line.id);
    const { v: _v, ...first } = line;
    const change: Change = { outcome: "unknown", ...first, ...later };
    if (change.undo_of !== undefined && (change.outcome === "done" || change.outcome === "unknown")) {
      this.#undoneBy.set(change.undo_of, [change.id, ...(this.#undoneBy.get(change.undo_of) ?? [])]);
    }
    const undoneBy = this.#undoneBy.get(change.id);
    return undoneBy === undefined ? change : { ...change, undone_by: undoneBy };
  }
}

function parsed(text: string): JournalLine | undefined {
  if (text === "") return undefined;
  try {
    const value: unknown = parseJson(text);
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The change with an id. */
export async function findChange(journal: Journal, id: string): Promise<Change | undefined> {
  for await (const change of journal.changes()) if (change.id === id) return change;
  return undefined;
}
