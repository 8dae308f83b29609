import type { Json } from "../okta/request.js";

export type Arguments = Readonly<Record<string, unknown>>;

/** A call that takes a change back, or a part of one. */
export interface UndoStep {
  tool: string;
  args: Arguments;
  /** For a full replace: the whole body, in place of the one that its arguments would make. */
  body?: { [key: string]: Json };
  /** Dotted paths at which it writes what is there already, as the record does not tell what was. */
  keeps?: readonly string[];
}

/** How a change is taken back, or why it cannot be. */
export type Undo =
  | {
      /** In their order. */
      steps: readonly UndoStep[];
      /** What is left to do once the first step has made an object, given what that step answered. */
      afterwards?: (made: Json) => readonly UndoStep[];
      /** What is not as it was, a sentence each. */
      notes?: readonly string[];
    }
  | { cannot: string };

/** A change that is to be taken back. */
export interface Done<Args = Arguments> {
  /** As recorded, secrets masked. */
  args: Args;
  /** The object before; what was masked in it is filled in from the object as it is now. Null where there was none. */
  before: Json;
  /** The object after, as recorded; null where there was none. */
  after: Json;
  /** The object as it is now, secrets masked; null where there is none, undefined where it cannot be read. */
  present?: Json | undefined;
}

export interface ChangeQuery {
  /** ISO 8601. */
  since?: string | undefined;
  until?: string | undefined;
  tool?: string | undefined;
  /** Any id that the call named or made. */
  target_id?: string | undefined;
  outcome?: string | undefined;
  limit?: number | undefined;
}

/** What tools may do with the journal. */
export interface Changes {
  /** The changes after the one with the id `after`, the newest first, in short. */
  page(query: ChangeQuery, after: string | undefined): Promise<{ items: Json[]; next: string | undefined }>;
  /** One change, whole. @throws OktaMcpError not_found */
  get(id: string): Promise<Json>;
  /**
   * What taking a change back would do.
   * @throws OktaMcpError not_found; conflict where it cannot be done, or the object has changed since and `force` is not set
   */
  describeUndo(
    id: string,
    force: boolean,
  ): Promise<{ target: { type: string; name: string; id: string }; details: string[]; state: Json }>;
  /** Takes a change back; throws as `describeUndo`, and what the calls throw. */
  undo(id: string, force: boolean): Promise<Json>;
}
