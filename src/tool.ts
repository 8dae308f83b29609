import type * as z from "zod";
import type { OktaMcpError } from "./errors/index.js";
import type { LocalFile } from "./files/allowed-file.js";
import type { FieldChange, Kept } from "./json/field-change.js";
import type { Json, JsonObject } from "./json/json.js";
import type { ProtectedKind } from "./okta/objects.js";
import type { Operations, Page } from "./okta/operations.js";
import type { Purpose, ToolFor } from "./okta/purpose.js";
import type { Scope } from "./okta/scopes.js";
import type { IsProtected, Touched } from "./okta/targets.js";

/** The lists that are searched by attributes. */
export type Searched = "user" | "group" | "app";

/** Fetches the page at a cursor (undefined: the first). */
export type PageFetcher = (after: string | undefined) => Promise<Page>;

/** What a call searches and sorts by. */
export interface SearchArguments {
  search?: string | undefined;
  filter?: string | undefined;
  sort_by?: string | undefined;
}

export interface ListOptions extends SearchArguments {
  /** Whose attributes `search`, `filter` and `sort_by` name; they are checked before anything is asked for. */
  of?: Searched | undefined;
  /** The `next_cursor` of an earlier answer. */
  after?: string | undefined;
  /** Follow the pages to the end, or to the limit of a result's size. */
  fetch_all?: boolean | undefined;
  /**
   * Of a search that Okta answers with one page only, cut without a link to more: the number of items
   * that was asked for. As many as that mean that there may be more.
   */
  cutAt?: number | undefined;
}

/** What only the engine can mark a list with. */
export const LIST: unique symbol = Symbol("list");

/** A list as a tool returns it: its items in the form in which they reach the model, and no more than fit. */
export interface ItemList {
  /** No JSON from the org can pass for one. */
  readonly [LIST]: true;
  items: Json[];
  has_more: boolean;
  next_cursor: string | undefined;
  /** Why it stopped where it did, when that is not plain from the rest. */
  note: string | undefined;
  /** What kept the rest from being read; the items before are there all the same. */
  stoppedBy?: OktaMcpError | undefined;
  /** How many items there are, where only that was asked for; then none of them is here. */
  count?: number | undefined;
  /** The first item as it came, which has all of its names. */
  sample?: Json | undefined;
}

/** Whose profile a schema describes. */
export type ProfileKind = "user" | "group";

export interface ProfileCheck {
  /** True where the profile is all there will be, so that what it lacks is missing. */
  whole: boolean;
  /** Of the user type's schema; the default type's where it is left out. */
  schemaId?: string | undefined;
}

/** What `get_scope_status` and `okta-mcp status` tell of scopes and tools. */
export interface ScopeStatus {
  signed_in: boolean;
  configured_scopes: string[];
  /** null while nobody is signed in or the token does not tell. */
  granted_scopes: string[] | null;
  /** Configured scopes that no tool uses. */
  unlocking_nothing: string[];
  active_tools: string[];
  disabled_tools: { name: string; scope: string | null; why: string }[];
  /** Tools that are on and that `tools/list` does not show, since it has room for no more. */
  unlisted_tools: { name: string; why: string }[];
  what_to_do: string[];
}

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

/** What a tool does to the org. */
export type Effect = "reads" | "adds" | "changes" | "removes";

/** Something that a tool does for tools that are not listed: it finds them, or it calls those of one effect. */
export type Reach = "finds" | Effect;

/** What a person should see before saying yes to a removal, read from the org at that moment. */
export interface Impact {
  /** What is removed, e.g. `{ type: "group", name: "Engineering", id: "00g…" }`. */
  target: { type: string; name: string; id: string };
  /** What goes with it, a line each, e.g. "214 members lose it". */
  details: string[];
  /** What becomes of other objects, a line each; the result of the call tells it once more. */
  sideEffects?: string[];
  /** Whatever else, when changed, asks for a new confirmation. */
  state?: Json;
}

/** A write as it is about to be made. */
export interface Proposal {
  /** For full replaces what goes to Okta: what `replaces.proposed` made of the arguments, or the object that is put back. */
  body: { [key: string]: Json };
  /** For full replaces the object as it is now, read once for all that ask; an empty one for every other tool. */
  current(): Promise<Json>;
  /** What the body has because it could not be seen, and stays. */
  kept: Omit<Kept, "body">;
}

/** A call of another tool that would do the same as a part of this one. */
export interface SameAs {
  tool: string;
  args: { readonly [argument: string]: Json };
}

/** What a tool's code gets: an authorized Okta, a way to list, and nothing of the plumbing behind. */
export interface ToolContext {
  /** Okta's operations, bound to the caller's session, time limits and cancellation. */
  okta: Operations;
  /** Pages through a list operation as the arguments ask for, ready for `run` to return. */
  list(fetchPage: PageFetcher, options: ListOptions): Promise<ItemList>;
  /** Reads every item of a list for a tool's own use, up to `maxItems`; `complete` is false where there was more. */
  collect(fetchPage: PageFetcher, maxItems: number): Promise<{ items: Json[]; complete: boolean }>;
  /** Reads a list to its end, where only the whole of it allows a conclusion. @throws OktaMcpError where that cannot be done */
  whole(fetchPage: PageFetcher): Promise<Json[]>;
  /** Looks for an item, page by page until it is found; `complete` is false where a list too long to be read may have it. */
  find(fetchPage: PageFetcher, isIt: (item: Json) => boolean): Promise<{ found: Json | undefined; complete: boolean }>;
  /**
   * Checks the profile of a user, or of one of Okta's own groups, against the org's schema.
   * @returns what could not be checked, a sentence each
   * @throws OktaMcpError bad_input that names what Okta would refuse
   */
  checkProfile(kind: ProfileKind, profile: JsonObject, how: ProfileCheck): Promise<string[]>;
  /** As many of the first items as fit into a share (0 to 1) of a result's size. */
  excerpt(items: readonly Json[], share: number): Json[];
  /** True when the session may use this scope; for what a tool can do better with a further scope. */
  may(scope: Scope): boolean;
  scopeStatus(): Promise<ScopeStatus>;
  /** The name of the tool that serves a purpose; undefined where no tool that is on does. */
  toolFor: ToolFor;
  /** Who signed in, as Okta named them; undefined for a service app and where the token does not tell. */
  signedInAs(): Promise<string | undefined>;
  /**
   * Reads a file of this machine from inside the allowed folders, up to `maxBytes`; for tools that say `readsFiles`.
   * @throws OktaMcpError bad_input for anything else, with how to allow a folder
   */
  readFile(path: string, limits: { maxBytes: number }): Promise<LocalFile>;
  /** True where a guard file hides the attribute at a path, so that no answer may depend on its value. */
  hides(...path: string[]): boolean;
  /** What differs between two states of an object, field by field. What is hidden is told as changed, whatever it was and is. */
  difference(before: Json, after: Json): FieldChange[];
  /** The journal of changes, and the way back. */
  changes: Changes;
  /** True where the caller chose fields of the result: then the whole has to be there to choose from. */
  readonly hasFields: boolean;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * What a tool does to the org, from which MCP's hints follow. Of a change the effect does not tell
 * whether it is destructive in MCP's sense, so the tool has to.
 */
export type Effects =
  | { effect: "reads" | "adds" | "removes"; destructive?: never }
  | {
      effect: "changes";
      /** True where it overwrites what was there, or decides who gets in; false where it only adds to it. */
      destructive: boolean;
    };

/** One tool, whole. */
export type Tool<Input extends z.ZodObject = z.ZodObject> = Effects & ToolParts<Input>;

interface ToolParts<Input extends z.ZodObject> {
  /** snake_case; the export's name in camelCase. */
  name: string;
  title: string;
  description: string;
  /** The scope without which it is neither listed nor run; null for what needs no org. */
  scope: Scope | null;
  /** Further scopes with which it answers better. */
  alsoUses?: readonly Scope[];
  /** What texts of the engine send their reader to this tool for; each purpose has one tool. */
  purpose?: Purpose;
  /** No setting leaves it out, since it tells why others are off. */
  staysOn?: true;
  /** Of a tool without a scope: which tools with one it is about, of which some have to be on. */
  about?: "all" | "writes";
  /**
   * Of a reading tool: the dotted paths of the attributes that are compared with the value of an argument,
   * by the argument. One that a guard file hides cannot be guessed that way, since the call is refused.
   * `search`, `filter` and `sort_by` name theirs themselves.
   */
  compares?: Readonly<Record<string, readonly string[]>>;
  /** It reads files of this machine, so that the folders that the client opens are asked for before it runs. */
  readsFiles?: true;
  /** Of a tool that stands in for tools which are not listed: what it does for them; "all" is everything. */
  reaches?: "all" | readonly Reach[];
  /** A `z.strictObject`; the engine adds the arguments that follow from the effect. */
  input: Input;
  /**
   * For what a person has to agree to: reads the target and what goes with it; undefined where
   * these arguments need no consent. Throws where the call is out of the question.
   */
  impact?(context: ToolContext, args: z.infer<Input>, proposal: Proposal): Promise<Impact | undefined>;
  /**
   * What a call does besides what the tool's name says, as calls of other tools: an update whose body
   * turns a policy off does what `deactivate_policy` does. The settings that leave these tools out,
   * their scopes, their impact and their effect count for the call as well.
   * @throws OktaMcpError bad_input for a body that would do what no tool does
   */
  alsoDoes?(context: ToolContext, args: z.infer<Input>, proposal: Proposal): Promise<readonly SameAs[]>;
  /**
   * For writes that change objects which no argument names, as members lose a group that is deleted:
   * finds these objects, so that the call is refused where one of them is protected.
   */
  touches?: {
    /** Of which kinds they are; they are read only where a rule protects one of these kinds. */
    kinds: readonly ProtectedKind[];
    /**
     * Every one of them. Throws where they cannot be read whole, since nobody then knows whether one is protected.
     * @param isProtected true for a kind of which a rule protects some; the others need not be read
     */
    read(context: ToolContext, args: z.infer<Input>, proposal: Proposal, isProtected: IsProtected): Promise<Touched[]>;
  };
  /** For full replaces: what is there now and what it would become, so that nothing goes unnoticed. */
  replaces?: {
    current(context: ToolContext, args: z.infer<Input>): Promise<Json>;
    proposed(args: z.infer<Input>): { [key: string]: Json };
    /** Names the object for a person, where it does not do so itself by `label`, `name` or `profile.name`. */
    target?(context: ToolContext, args: z.infer<Input>): Promise<Impact["target"]>;
    /** Dotted paths that Okta sets itself and a body need not repeat. */
    setByOkta: readonly string[];
    /** What Okta takes where a body does not name a dotted path; a value equal to it cannot get lost. */
    defaults?: Readonly<Record<string, string | number | boolean>>;
  };
  /**
   * For writes: what they change and how they are taken back, for previews, the journal and undo. A
   * tool that `replaces` needs nothing here: its object is the state, and the one before is put back.
   */
  change?: {
    /**
     * The object as it is at this moment; null where there is none, undefined where this session
     * cannot read it.
     * @param made what the call answered or, later, the object as it was then; undefined before the call
     */
    state?(context: ToolContext, args: z.infer<Input>, made?: Json): Promise<Json | undefined>;
    /** The scopes besides the tool's own that seeing a state on record takes, where it holds objects of another kind. */
    stateUses?(state: Json): readonly Scope[];
    /**
     * What the object becomes. Without it: nothing after a removal; the body after an addition; the
     * object with the body merged into it after a change.
     */
    becomes?(args: z.infer<Input>, before: Json): Json;
    /** The calls that take a change back; a text where nothing can, saying why and what to do instead. */
    undo?: string | ((done: Done<z.infer<Input>>, tool: string) => Undo);
  };
  /**
   * For previews: finds out by reads what Okta would refuse, such as a name that is taken. That the ids
   * of the arguments are there is checked without it.
   * @returns what could not be checked, a sentence each
   * @throws OktaMcpError as the call itself would fail
   */
  foresee?(context: ToolContext, args: z.infer<Input>, proposal: Proposal): Promise<string[]>;
  /**
   * Does the work. What it returns is the result; nothing returned means done, with nothing to say.
   * @param body as in `Proposal`
   */
  run(context: ToolContext, args: z.infer<Input>, body: { [key: string]: Json }): Promise<unknown>;
}

/** A job that people know under other names: what does it here, or where it is done instead. */
export interface Elsewhere {
  /** The names in snake_case, without a prefix such as `okta_`. */
  names: readonly string[];
  /** The tools that do it; none where nothing here does. */
  use: readonly string[];
  /** The rest of a sentence that begins with the tools, or a whole one where there are none. */
  how: string;
}

/** Gives a tool's functions the types of its input; changes nothing. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool<Input> {
  return tool;
}
