import { parseJson } from "../json/exact-json.js";
import type { Json } from "../json/json.js";

/**
 * The outcome of a write. `unknown`: the request left, and nothing tells whether Okta made the change. A call that
 * still runs is `unknown` too.
 */
export type ChangeOutcome = "done" | "refused" | "failed" | "unknown";

/**
 * How the write was agreed to: by a person, by a one-time value given back, by `--yes`, unasked by
 * `OKTA_MCP_CONFIRM=never`, unasked since nobody had to agree, or by nobody, since the write was refused before.
 */
export type RecordedConsent = "person" | "one_time_value" | "yes_flag" | "never_asked" | "not_needed" | "not_given";

/** Marks a change as a part of taking another back. */
export interface UndoMark {
  /** The change that is taken back. */
  of: string;
  /** The run that all changes of one undo share. */
  run: string;
}

/** One request of a write. Its body is left out, since it follows from the arguments. */
export interface SentRequest {
  method: string;
  /** The path with its query. */
  path: string;
  status?: number;
  okta_request_id?: string;
}

/** One write in the journal. Times are ISO 8601. Everything in it is masked. */
export interface Change {
  id: string;
  at: string;
  org: string;
  /** `subject`: the id of the user or app at the org; absent where it was not known, as in lines of before. */
  actor: { user: string | null; client_id: string | null; method: string; subject?: string };
  tool: string;
  /** The company's API that was changed in place of the org, by its name in the settings. */
  api?: string;
  /** The effect of this call. An update that takes something away `removes`. */
  effect: string;
  /** Other tools that do the same as a part of this call. */
  also_does?: string[];
  /** Absent where the call was refused before its arguments were understood. */
  arguments?: Json;
  /** The name of the object, where it is known. */
  target?: string;
  confirmed: RecordedConsent;
  requests: SentRequest[];
  outcome: ChangeOutcome;
  ended_at?: string;
  error?: { code: string; message: string };
  /** The object before and after; null where there was none, absent where its state is not known. */
  before?: Json;
  after?: Json;
  /** The attributes that the guard file hid when the change was recorded; absent where it hid none. */
  hidden_attributes?: string[];
  /** Sentences about anything unexpected. */
  notes?: string[];
  /** The change that this one takes back. */
  undo_of?: string;
  /** The run that all changes of one undo share. */
  undo_run?: string;
  /** The changes that took this one back. */
  undone_by?: string[];
  /** Who made it through a server of a company; absent in the journal of one person. */
  caller?: ChangeCaller;
}

/** The one on whose behalf a company's server made a change. */
export interface ChangeCaller {
  /** The server's id of the person. */
  person: string;
  client?: string;
  role?: string;
  /** Whose right was used at Okta. */
  act_as?: string;
  /** The request at the server. */
  request_id?: string;
}

/** The content of the first line of a change. */
export type FirstLine = Omit<Change, "outcome" | "undone_by" | "caller"> & { v: 1; outcome?: ChangeOutcome };

/** The content of a later line. It adds to the change or corrects it. */
export type LaterLine = { id: string } & Partial<Omit<Change, "id" | "at" | "undone_by" | "caller">>;

export type JournalLine = FirstLine | LaterLine;

/**
 * Keeps the changes made to one org. Every method throws OktaMcpError where the journal cannot be used: bad_config for
 * files, store_unavailable for a database.
 */
export interface Journal {
  /** The place of the journal, in words. */
  readonly place: string;
  /** Checks that a line could be written, as far as possible without writing one. */
  check(): Promise<void>;
  /**
   * Adds a line. Resolves when the line would survive a crash.
   * @param requestId the request at a company's server
   */
  append(line: JournalLine, requestId?: string): Promise<void>;
  /** All changes, the newest first. */
  changes(): AsyncIterable<Change>;
  /** The change with an id, where the journal finds it faster than by going through all. */
  find?(id: string): Promise<Change | undefined>;
}

function isLine(value: unknown): value is JournalLine {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}

function isFirst(line: JournalLine): line is FirstLine {
  return "v" in line && line.v === 1 && Array.isArray(line.requests) && typeof line.tool === "string";
}

/**
 * Puts lines together to changes. It takes the lines from the newest to the oldest. Later lines have precedence, and a
 * change without an outcome has an unknown one. Lines that a crash or a full disk cut off are left out, and so are
 * repeated ones.
 */
export class ChangeAssembler {
  readonly #later = new Map<string, LaterLine>();
  readonly #undoneBy = new Map<string, string[]>();
  readonly #seen = new Set<string>();

  /**
   * Takes the next older line.
   * @returns the change that the line completes, if any
   */
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
  if (journal.find) return journal.find(id);
  for await (const change of journal.changes()) if (change.id === id) return change;
  return undefined;
}
