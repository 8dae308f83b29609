import type * as z from "zod";
import type { OktaMcpError } from "./errors/index.js";
import type { LocalFile } from "./files/allowed-file.js";
import type { FieldChange, Kept } from "./json/field-change.js";
import type { Json, JsonObject } from "./json/json.js";
import type { ProtectedKind } from "./okta/objects.js";
import type { Operations, Page } from "./okta/operations.js";
import type { Purpose, ToolFor } from "./okta/purpose.js";
import type { Scope, ScopeStatus } from "./okta/scopes.js";
import type { ProfileKind, SearchArguments, Searched } from "./okta/searched.js";
import type { IsProtected, Touched } from "./okta/targets.js";
import type { ApiCalls, CalledOperation } from "./openapi/api-request.js";

export type { ProfileKind, ScopeStatus, SearchArguments, Searched };

/** Fetches the page at a cursor (undefined: the first). */
export type PageFetcher = (after: string | undefined) => Promise<Page>;

export interface ListOptions extends SearchArguments {
  /**
   * The objects whose attributes `search`, `filter` and `sort_by` name. These attributes are checked before anything is
   * asked of Okta.
   */
  of?: Searched | undefined;
  /** The `next_cursor` of an earlier answer. */
  after?: string | undefined;
  /** True to follow the pages to the end, or to the limit of a result's size. */
  fetch_all?: boolean | undefined;
  /**
   * For a search that Okta answers with one page and no link to more: the number of items that was asked for. Where so
   * many come, there may be more.
   */
  cutAt?: number | undefined;
}

/** The mark of a list. Only the engine can set it. */
export const LIST: unique symbol = Symbol("list");

/** A list in a tool's result. Its items have the form for the model, and only those that fit are in it. */
export interface ItemList {
  /** No JSON from the org can have this key. */
  readonly [LIST]: true;
  items: Json[];
  has_more: boolean;
  next_cursor: string | undefined;
  /** The reason why the list stops, where the rest does not tell it. */
  note: string | undefined;
  /** The error that kept the rest from being read. The items before it are there. */
  stoppedBy?: OktaMcpError | undefined;
  /** The number of items, where only the number was asked for. The list is empty then. */
  count?: number | undefined;
  /** The first item in its original form, with all of its fields. */
  sample?: Json | undefined;
}

export interface ProfileCheck {
  /** True where the profile is complete, so that a missing attribute is missing for good. */
  whole: boolean;
  /** The id of the user type's schema; by default that of the default type. */
  schemaId?: string | undefined;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** A call of an undo. */
export interface UndoStep {
  tool: string;
  args: Arguments;
  /** For a full replace: the whole body, in place of the one that the arguments make. */
  body?: { [key: string]: Json };
  /** Dotted paths at which the call writes the present value, since the record does not have the old one. */
  keeps?: readonly string[];
}

/** The way to take back a change, or the reason why there is none. */
export type Undo =
  | {
      /** The calls of the undo, in their order. */
      steps: readonly UndoStep[];
      /** The calls that remain once the first step has made an object, given the answer to that step. */
      afterwards?: (made: Json) => readonly UndoStep[];
      /** A sentence for everything that is not as it was. */
      notes?: readonly string[];
    }
  | { cannot: string };

/** A change that is to be taken back. */
export interface Done<Args = Arguments> {
  /** The recorded arguments, with masked secrets. */
  args: Args;
  /**
   * The object before the change; its masked values are filled in from the present object. Null where there was none.
   */
  before: Json;
  /** The recorded object after the change; null where there was none. */
  after: Json;
  /** The present object, with masked secrets; null where there is none, undefined where it cannot be read. */
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

/** The part of the journal for tools. */
export interface Changes {
  /** The changes after the one with the id `after`, the newest first, in short. */
  page(query: ChangeQuery, after: string | undefined): Promise<{ items: Json[]; next: string | undefined }>;
  /** One change, whole. @throws OktaMcpError not_found */
  get(id: string): Promise<Json>;
  /**
   * The preview of an undo.
   * @throws OktaMcpError not_found; conflict where the change cannot be taken back, or the object has changed since and
   * `force` is not set
   */
  describeUndo(
    id: string,
    force: boolean,
  ): Promise<{ target: { type: string; name: string; id: string }; details: string[]; state: Json }>;
  /** Takes back a change. @throws as `describeUndo`; the errors of its calls */
  undo(id: string, force: boolean): Promise<Json>;
}

/** The effect of a tool on the org. */
export type Effect = "reads" | "adds" | "changes" | "removes";

/** Something that a tool does for tools that are not listed: it finds them, or it calls those of one effect. */
export type Reach = "finds" | Effect;

/** The description of a removal for a person, read from the org at that moment. */
export interface Impact {
  /** The object that is removed, e.g. `{ type: "group", name: "Engineering", id: "00g…" }`. */
  target: { type: string; name: string; id: string };
  /** The consequences, one line each, e.g. "214 members lose it". */
  details: string[];
  /** The effects on other objects, one line each. The result of the call repeats them. */
  sideEffects?: string[];
  /** Further state whose change requires a new confirmation. */
  state?: Json;
}

/** A write that is about to be made. */
export interface Proposal {
  /**
   * For full replaces the body for Okta: made of the arguments by `replaces.proposed`, or the object that is put back.
   */
  body: { [key: string]: Json };
  /** For full replaces the present object. It is read once for all who ask. Empty for every other tool. */
  current(): Promise<Json>;
  /** The hidden parts of the body, which stay. */
  kept: Omit<Kept, "body">;
}

/** A call of another tool that does the same as a part of this one. */
export interface SameAs {
  tool: string;
  args: { readonly [argument: string]: Json };
}

/** The engine for a tool's code: an authorized Okta and a way to list, without the plumbing. */
export interface ToolContext {
  /** Okta's operations, bound to the caller's session, time limits and cancellation. */
  okta: Operations;
  /** The company's APIs, in the name of the caller; undefined where there are none. */
  apis: ApiCalls | undefined;
  /** Pages through a list operation as the arguments ask. `run` can return the result as it is. */
  list(fetchPage: PageFetcher, options: ListOptions): Promise<ItemList>;
  /** Reads every item of a list for a tool's own use, up to `maxItems`; `complete` is false where there was more. */
  collect(fetchPage: PageFetcher, maxItems: number): Promise<{ items: Json[]; complete: boolean }>;
  /**
   * Reads a list to its end, for conclusions that need the whole list. @throws OktaMcpError where that is not possible
   */
  whole(fetchPage: PageFetcher): Promise<Json[]>;
  /**
   * Looks for an item page by page, until it is found. `complete` is false where the list was too long to be read to
   * its end.
   */
  find(fetchPage: PageFetcher, isIt: (item: Json) => boolean): Promise<{ found: Json | undefined; complete: boolean }>;
  /**
   * Checks the profile of a user, or of one of Okta's own groups, against the org's schema.
   * @returns a sentence for everything that could not be checked
   * @throws OktaMcpError bad_input that names everything that Okta would refuse
   */
  checkProfile(kind: ProfileKind, profile: JsonObject, how: ProfileCheck): Promise<string[]>;
  /** As many of the first items as fit into a share (0 to 1) of a result's size. */
  excerpt(items: readonly Json[], share: number): Json[];
  /** True when the session may use this scope. A tool may answer better with a further scope. */
  may(scope: Scope): boolean;
  scopeStatus(): Promise<ScopeStatus>;
  /** The name of the tool that serves a purpose; undefined where no tool that is on does. */
  toolFor: ToolFor;
  /** The login of the person who signed in; undefined for a service app and where the token does not tell it. */
  signedInAs(): Promise<string | undefined>;
  /**
   * Reads a file of this machine from inside the allowed folders, up to `maxBytes`; for tools that say `readsFile`.
   * @throws OktaMcpError bad_input for anything else, with how to allow a folder
   */
  readFile(path: string, limits: { maxBytes: number }): Promise<LocalFile>;
  /** True where a guard file hides the attribute at a path. No answer may depend on its value then. */
  hides(...path: string[]): boolean;
  /**
   * The differences between two states of an object, field by field. A hidden field counts as changed, whatever its
   * values.
   */
  difference(before: Json, after: Json): FieldChange[];
  /** The journal of changes, and the way back. */
  changes: Changes;
  /** True where the caller chose fields of the result. The result has to be whole then. */
  readonly hasFields: boolean;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * The effects of a tool, from which MCP's hints follow. Whether a change is destructive in MCP's sense does not follow
 * from its effect, so the tool says it.
 */
export type Effects =
  | { effect: "reads" | "adds" | "removes"; destructive?: never }
  | {
      effect: "changes";
      /** True where the tool overwrites something or decides who gets in; false where it only adds. */
      destructive: boolean;
    };

/** One tool, whole. */
export type Tool<Input extends z.ZodObject = z.ZodObject> = Effects & ToolParts<Input>;

interface ToolParts<Input extends z.ZodObject> {
  /** snake_case; the export's name in camelCase. */
  name: string;
  title: string;
  description: string;
  /** The scope without which the tool is neither listed nor run; null for a tool that needs no org. */
  scope: Scope | null;
  /** The operation of a company's API that the tool calls. Such a tool has no scope of Okta's. */
  api?: CalledOperation;
  /** Further scopes with which the tool answers better. */
  alsoUses?: readonly Scope[];
  /** The purposes for which texts of the engine name this tool. Each purpose has one tool. */
  purpose?: Purpose;
  /** No setting turns this tool off, since it tells why others are off. */
  staysOn?: true;
  /** For a tool without a scope: the tools that it is about. It is on where one of them is on. */
  about?: "all" | "writes";
  /**
   * For a reading tool: the dotted paths of the attributes that Okta compares with an argument, by the name of the
   * argument. The call is refused where a guard file hides one of them, so that nobody can guess its value. `search`,
   * `filter` and `sort_by` name their attributes themselves.
   */
  compares?: Readonly<Record<string, readonly string[]>>;
  /**
   * The argument that names a file of this machine which the tool reads. Where the settings do not allow its folder, the
   * folders that the client opens are asked for before the tool runs.
   */
  readsFile?: string;
  /** For a tool that replaces tools outside the list: what it does for them. "all" is everything. */
  reaches?: "all" | readonly Reach[];
  /** A `z.strictObject`. The engine adds the arguments that follow from the effect. */
  input: Input;
  /**
   * Checks arguments beyond what `input` says, before anybody is asked or anything is read.
   * @returns the arguments in the form in which the tool takes them
   * @throws OktaMcpError bad_input, which names everything that is wrong with them
   */
  understand?(args: Arguments): Promise<Arguments>;
  /** The texts among the arguments that are secrets, besides those that are by their names. None of them is kept or shown. */
  secretsIn?(args: Arguments): readonly string[];
  /**
   * Where a person has to agree: reads the target and the consequences. Undefined where these arguments need no
   * consent. Throws where the call is not possible.
   */
  impact?(context: ToolContext, args: z.infer<Input>, proposal: Proposal): Promise<Impact | undefined>;
  /**
   * The effects of a call besides the one in the tool's name, as calls of other tools: an update whose body turns a
   * policy off does the same as `deactivate_policy`. The settings that turn these tools off, their scopes, impact and
   * effect count for this call as well.
   * @throws OktaMcpError bad_input for a body with an effect that no tool has
   */
  alsoDoes?(context: ToolContext, args: z.infer<Input>, proposal: Proposal): Promise<readonly SameAs[]>;
  /**
   * For writes that change objects without naming them, as a deleted group's members lose the group: finds these
   * objects, so that the call is refused where one of them is protected.
   */
  touches?: {
    /** The kinds of these objects. They are read only where a rule protects one of these kinds. */
    kinds: readonly ProtectedKind[];
    /**
     * All of these objects. Throws where they cannot be read whole, since one of them may be protected.
     * @param isProtected true for a kind of which a rule protects some; the others need not be read
     */
    read(context: ToolContext, args: z.infer<Input>, proposal: Proposal, isProtected: IsProtected): Promise<Touched[]>;
  };
  /** For full replaces: the present object and the proposed one, so that no loss goes unnoticed. */
  replaces?: {
    current(context: ToolContext, args: z.infer<Input>): Promise<Json>;
    proposed(args: z.infer<Input>): { [key: string]: Json };
    /** Names the object for a person, where it has no `label`, `name` or `profile.name`. */
    target?(context: ToolContext, args: z.infer<Input>): Promise<Impact["target"]>;
    /** Dotted paths that Okta sets itself and a body need not repeat. */
    setByOkta: readonly string[];
    /** The value that Okta takes where a body does not name a dotted path. A value equal to it cannot get lost. */
    defaults?: Readonly<Record<string, string | number | boolean>>;
  };
  /**
   * For writes: the object's state and the way back, for previews, the journal and undo. A tool with `replaces` needs
   * nothing here: its object is the state, and the old one is put back.
   */
  change?: {
    /**
     * The present object; null where there is none, undefined where this session cannot read it.
     * @param made the answer to the call or, later, the object as it was then; undefined before the call
     */
    state?(context: ToolContext, args: z.infer<Input>, made?: Json): Promise<Json | undefined>;
    /** The scopes besides the tool's own that seeing a state on record takes, where it holds objects of another kind. */
    stateUses?(state: Json): readonly Scope[];
    /**
     * The new state of the object. By default there is nothing after a removal, the body after an addition, and the
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
