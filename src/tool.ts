import type * as z from "zod";
import type { ScopeStatus } from "./catalogue/scope-status.js";
import type { IsProtected } from "./effects/groups.js";
import type { LocalFile } from "./files/allowed-file.js";
import type { ProfileCheck } from "./foresight/profile-faults.js";
import type { ProfileKind } from "./foresight/profile-schemas.js";
import type { ProtectedKind } from "./guard/rules.js";
import type { Touched } from "./guard/targets.js";
import type { Changes, Done, Undo } from "./journal/contract.js";
import type { JsonObject } from "./json/json.js";
import type { Operations } from "./okta/operations.js";
import type { Json } from "./okta/request.js";
import type { Scope } from "./okta/scopes.js";
import type { FieldChange } from "./results/difference.js";
import type { Kept } from "./results/keep-hidden.js";
import type { ItemList, ListOptions, PageFetcher } from "./results/listing.js";

/** What a tool does to the org. */
export type Effect = "reads" | "adds" | "changes" | "removes";

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
  /** Who signed in, as Okta named them; undefined for a service app and where the token does not tell. */
  signedInAs(): Promise<string | undefined>;
  /**
   * Reads a file of this machine from inside the allowed folders, up to `maxBytes`.
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

/** Gives a tool's functions the types of its input; changes nothing. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool<Input> {
  return tool;
}

export { fieldsOf, type KnownFields, openObject } from "../tools/shared/known-fields.js";
export { type CertificateFiles, checkCertificate } from "./checks/certificate.js";
export { imageFileName, recogniseImage } from "./checks/image.js";
export {
  groupsFilledByPolicyRule,
  groupsFollowing,
  groupsFollowingMembers,
  groupsLeft,
  groupsMovedBy,
  membersTouched,
  touchedByDeletedApp,
  touchedByDeletedGroup,
} from "./effects/groups.js";
export { activeFromStart, refuseOtherStatus, switchedBy } from "./effects/lifecycle.js";
export { names, policiesNaming, policiesTouched } from "./effects/policies.js";
export {
  asksForPlace,
  PASSES_NONE,
  type Passed,
  passedBy,
  passingImpact,
  touchedByPassing,
} from "./effects/ranking.js";
export { OktaMcpError } from "./errors/index.js";
export { textOfFile } from "./files/file-text.js";
export { refuseTaken } from "./foresight/foresight.js";
export { BASE_ATTRIBUTES } from "./foresight/known-attributes.js";
export { unknownEventTypes, withFilterHelp } from "./foresight/log-filter.js";
export { schemaAttributes } from "./foresight/profile-schemas.js";
export { isUserId, type Touched } from "./guard/targets.js";
export type { Undo } from "./journal/contract.js";
export { ofMade, undoBy, without } from "./journal/ways-back.js";
export { asObject, isObject, itemsAt, type JsonObject, objectAt, textAt, valueAt } from "./json/json.js";
export { isPathSegment } from "./okta/path.js";
export type { Json, Upload } from "./okta/request.js";
export { ifFound, ifOffered, ifReadable } from "./okta/tolerate.js";
export { difference } from "./results/difference.js";
export { notes, wholeList } from "./results/listing.js";
export { counted, MAX_NAMES, withNames } from "./text/counted.js";
export { isTime, TIME_FORMS, windowAt } from "./text/time.js";
