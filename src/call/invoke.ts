import type { Session } from "../auth/session.js";
import { scopeState, scopeView } from "../catalogue/active-tools.js";
import type { Catalogue, CatalogueEntry } from "../catalogue/catalogue.js";
import { findTool } from "../catalogue/find-tool.js";
import { requireScopes } from "../catalogue/require-scopes.js";
import { scopeStatus } from "../catalogue/scope-status.js";
import type { ConfirmMode } from "../config/settings.js";
import type { OktaMcpError } from "../errors/index.js";
import { toOktaMcpError } from "../errors/render.js";
import { readAllowedFile } from "../files/allowed-file.js";
import { Deadline } from "../files/deadline.js";
import { readNamed } from "../foresight/foresight.js";
import { checkProfile } from "../foresight/profile-faults.js";
import { ProfileSchemas } from "../foresight/profile-schemas.js";
import { checkedList } from "../foresight/search-names.js";
import { type CallGuard, Guard } from "../guard/guard.js";
import type { GuardRules } from "../guard/rules.js";
import type { Journal } from "../journal/change.js";
import type { Consent, Reading } from "../journal/consent.js";
import { ChangeHistory } from "../journal/history.js";
import { type Mask, marked, maskWith } from "../journal/masking.js";
import { toJson } from "../journal/state.js";
import type { Performed } from "../journal/undo.js";
import { withDefaults } from "../journal/undo-plan.js";
import { type UndoCall, type Write, Writes } from "../journal/writes.js";
import type { Json, JsonObject } from "../json/json.js";
import type { Log } from "../log.js";
import type { Operations } from "../okta/operations.js";
import type { CallOptions } from "../okta/request.js";
import { countItems } from "../results/counting.js";
import { difference } from "../results/difference.js";
import { collectItems, excerpt, findItem, listItems, type Walk, wholeItems } from "../results/listing.js";
import { type ShapeOptions, shape, shaper, toStructured } from "../results/shape.js";
import { withinLimit } from "../results/size-limit.js";
import type { Impact, ListOptions, ToolContext, UndoStep } from "../tool.js";
import { isPreview, parseArguments, parseIds } from "./arguments.js";
import type { Caller } from "./caller.js";
import { clientArguments } from "./client-arguments.js";
import { ConfirmationValues } from "./confirm.js";
import { readImpact, seekConsent } from "./consent.js";
import { type Look, lookAt } from "./side-effects.js";
import { SignInPrompt } from "./sign-in.js";

/** What a call needs besides its caller; one for each server. */
export interface Engine {
  catalogue: Catalogue;
  session: Session;
  /** Okta's operations, bound to one call's cancellation and progress. */
  operations(options: CallOptions): Operations;
  confirmMode: ConfirmMode;
  maxResultChars: number;
  /** What may not be touched, done or seen. */
  guard: GuardRules;
  /** Where writes are recorded; undefined where they are not to be. */
  journal: Journal | undefined;
  /** True where a flag on the command line answers in a person's place. */
  yesFlag?: boolean | undefined;
  /** Folders from which tools may read files, as absolute paths; besides the client's roots. */
  fileRoots: readonly string[];
  log: Log;
  now(): number;
}

/** How a call ended. */
export type Outcome = { result: { [key: string]: Json } } | { error: OktaMcpError };

type Arguments = Readonly<Record<string, unknown>>;

/** A call whose arguments are understood. */
interface Performing {
  tool: CatalogueEntry;
  /** The engine's arguments among them. */
  all: Arguments;
  caller: Caller;
  callGuard: CallGuard;
  /** For tools that write. */
  write: Write | undefined;
  /** Where it is a part of taking a change back. */
  undo: UndoCall | undefined;
  /** How it was agreed to, once it was. */
  agreed?: Consent["agreed"];
}

/** What a call ended with: for the caller, and as the tool returned it. */
interface Ended {
  result: { [key: string]: Json };
  value: unknown;
  /** Under which the journal has it. */
  changeId?: string | undefined;
}

/** How long the folders of files to upload, and such a file, may take to answer. */
const FILE_LIMIT_MS = 30_000;

function hiddenIn({ target, details }: Impact, hide: (text: string) => string): Pick<Impact, "target" | "details"> {
  return { target: { ...target, name: hide(target.name) }, details: details.map(hide) };
}

/** Both see every request before it leaves, and every answer. */
function inTurn(first: Hooks, second: Hooks): Hooks {
  return {
    beforeSend: async (request) => {
      await first.beforeSend?.(request);
      await second.beforeSend?.(request);
    },
    onAnswer: (answer, request) => {
      first.onAnswer?.(answer, request);
      second.onAnswer?.(answer, request);
    },
  };
}

type Hooks = Pick<CallOptions, "beforeSend" | "onAnswer">;

/** The one path of every call. A tool cannot be reached around it. */
export class Invoker {
  readonly #engine: Engine;
  readonly #values: ConfirmationValues;
  readonly #signIn = new SignInPrompt();
  readonly #guard: Guard;
  readonly #mask: Mask;
  readonly #writes: Writes;
  readonly #schemas: ProfileSchemas;
  readonly #files = new Deadline(FILE_LIMIT_MS);

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#guard = new Guard(engine.guard, engine.session, engine.now);
    this.#mask = maskWith(this.#guard.hides);
    this.#writes = new Writes({
      ...engine,
      mask: this.#mask,
      isHidden: (path) => this.#guard.hides?.(path) !== undefined,
      hiddenNames: this.#guard.hiddenNames,
      yesFlag: engine.yesFlag === true,
    });
    this.#schemas = new ProfileSchemas(engine.now);
    this.#values = new ConfirmationValues(engine.now);
  }

  /** Runs one call from the tool's name to its outcome. Never rejects. */
  async invoke(name: string, raw: unknown, caller: Caller): Promise<Outcome> {
    const { catalogue, log, now } = this.#engine;
    const startedAtMs = now();
    // A name that no tool has is a client's text like any other.
    const tool = catalogue.get(name) ? name : "(no such tool)";
    const callGuard = this.#guard.forCall();
    try {
      const { result } = await this.#call(name, raw, caller, callGuard);
      log.debug("call done", { tool, ms: now() - startedAtMs });
      return { result };
    } catch (thrown) {
      const error = callGuard.error(toOktaMcpError(thrown, caller.signal));
      log[error.code === "bug" ? "error" : "info"]("call failed", {
        tool,
        error: error.code,
        ms: now() - startedAtMs,
        ...(error.code === "bug" ? { cause: error.cause ?? error } : {}),
      });
      return { error };
    }
  }

  async #call(name: string, raw: unknown, caller: Caller, callGuard: CallGuard, undo?: UndoCall): Promise<Ended> {
    const { catalogue, session } = this.#engine;
    const tool = findTool(catalogue, name);
    // What is on record for an undo is understood already.
    const given = undo ? raw : clientArguments(raw, catalogue.definition(name).inputSchema);
    const view = () => scopeView(session);
    const write = tool.effect === "reads" ? undefined : this.#writes.open(tool, isPreview(given), undo);
    try {
      return await requireScopes(tool, view, async () => {
        const args = undo?.step.body ? parseIds(tool, given) : parseArguments(tool, given);
        if (tool.scope !== null || tool.effect !== "reads")
          await this.#signIn.ensureSignedIn(session, caller, caller.signal);
        // Signing in may have shown that the scope was not granted.
        return requireScopes(tool, view, () => this.#perform({ tool, all: args, caller, callGuard, write, undo }));
      });
    } catch (thrown) {
      // What the settings hide goes no further, also where this call is a part of another.
      const error = callGuard.error(toOktaMcpError(thrown, caller.signal));
      await write?.failed(error);
      throw error;
    }
  }

  async #perform(call: Performing): Promise<Ended> {
    const { tool, all, caller, callGuard, write, undo } = call;
    const { confirmation, allow_removals, include_links, fields, count_only, dry_run: _, ...given } = all;
    const { confirmMode: mode, maxResultChars, catalogue } = this.#engine;
    // What is only counted is read by the largest pages that Okta gives.
    const limit = count_only === true ? catalogue.schema(tool.name).properties.limit?.maximum : undefined;
    const args: Arguments = limit === undefined ? given : { limit, ...given };
    const shaping = {
      includeLinks: include_links === true,
      fields: fields as string[] | undefined,
      hides: this.#guard.hides,
    };
    const context = this.#context(call, shaping);
    await write?.understood(args, undo);
    await callGuard.begin(tool, args, context.okta);
    // What a call does may change while a person thinks, so it is looked at as often as it matters.
    const look = () => this.#look(tool, callGuard, context, args, undo?.step.body);
    const first = await look();
    let { body, kept } = first.proposal;
    const impacting = { tool, args, context, shaping };
    if (write?.preview) {
      // What is put back was there.
      const unchecked = undo?.step.body
        ? []
        : [...(await readNamed(args, context)), ...((await tool.foresee?.(context, args, first.proposal)) ?? [])];
      const { impact, sideEffects } = await readImpact({ ...impacting, losses: undo ? "meant" : "asked" }, first);
      const seen = impact && hiddenIn(impact, callGuard.text);
      // What an attribute is and becomes is hidden by its place, so that no guess elsewhere is masked for being right.
      const result = await write.previewed(context, args, body, {
        impact: seen,
        sideEffects: sideEffects.map(callGuard.text),
        kept,
        unchecked: unchecked.map(callGuard.text),
        keeps: [...(undo?.step.keeps ?? []), ...kept.paths],
      });
      return { result: withinLimit(result, maxResultChars), value: result };
    }
    const consent: Consent = undo
      ? // Who agreed to the undo was told of all its calls; what they check for counts all the same.
        { agreed: undo.agreed, ...(await readImpact({ ...impacting, losses: "meant" }, first)) }
      : await seekConsent({
          ...impacting,
          losses: allow_removals === true ? "asked" : "refused",
          look: first,
          lookAgain: async () => {
            callGuard.forget();
            const latest = await look();
            ({ body, kept } = latest.proposal);
            return latest;
          },
          confirmation: confirmation as string | undefined,
          mode,
          ask: caller.ask,
          values: this.#values,
          hide: callGuard.text,
          seen: (shown) => write?.seen(shown),
          // Of an undo each call counts, and there was room for all of them.
          beforeLoss: () => tool.scope !== null && callGuard.checkRoom("removal"),
        });
    call.agreed = consent.agreed;
    write?.agreed(consent.agreed);
    write?.does({ removes: consent.loses, also: first.also.map((other) => other.tool.name) });
    // A tool without a scope writes by calls of others, each of which counts.
    if (tool.effect !== "reads" && tool.scope !== null) callGuard.count(consent.loses ? "removal" : "write");
    const value = await (write ? write.run(context, args, body) : tool.run(context, args, body));
    const result = callGuard.result(value, toStructured(value, args, shaping, maxResultChars));
    const sideEffects = consent.sideEffects.map(callGuard.text);
    return {
      result: write?.noted(result, { sideEffects, kept: kept.told }) ?? result,
      value,
      changeId: write?.changeId,
    };
  }

  #look(
    tool: CatalogueEntry,
    callGuard: CallGuard,
    context: ToolContext,
    args: Arguments,
    body?: JsonObject,
  ): Promise<Look> {
    const { catalogue, session } = this.#engine;
    return lookAt(
      tool,
      { callGuard, context, args, body, hides: this.#guard.hides },
      { catalogue, view: () => scopeView(session) },
    );
  }

  /** Makes one call of an undo, on the path of every other. */
  async #performStep(call: Performing, step: UndoCall["step"], mark: UndoCall["mark"]): Promise<Performed> {
    const { caller, write } = call;
    const callGuard = this.#guard.forCall();
    const raw = write?.preview ? { ...step.args, dry_run: true } : step.args;
    const ended = await this.#call(step.tool, raw, caller, callGuard, {
      step,
      mark,
      agreed: call.agreed ?? "not_needed",
    });
    return { value: toJson(ended.value), changeId: ended.changeId };
  }

  /** Reads what one call of an undo would take away. @throws OktaMcpError where the call would be refused */
  async #weigh({ tool: name, args, body }: UndoStep, context: ToolContext, shaping: ShapeOptions): Promise<Reading> {
    const { catalogue, session } = this.#engine;
    const tool = findTool(catalogue, name);
    const given = withDefaults(tool, { args, body });
    const callGuard = this.#guard.forCall();
    return requireScopes(
      tool,
      () => scopeView(session),
      async () => {
        await callGuard.begin(tool, given, context.okta);
        const look = await this.#look(tool, callGuard, context, given, body);
        return readImpact({ tool, args: given, context, shaping, losses: "meant" }, look);
      },
    );
  }

  #context(call: Performing, shaping: ShapeOptions): ToolContext {
    const { caller, callGuard, write } = call;
    const { session, catalogue, operations, maxResultChars, fileRoots, journal, now } = this.#engine;
    const { signal, progress, roots } = caller;
    const countOnly = call.all.count_only === true;
    const walk: Walk = {
      signal,
      onPage: (pages, items) => progress?.(`Read ${items} items in ${pages} ${pages === 1 ? "page" : "pages"}`),
    };
    const limits = { shape: shaper(shaping), maxChars: maxResultChars };
    const context: ToolContext = {
      okta: operations({
        signal,
        ...(progress ? { onWait: (message: string) => progress(message) } : {}),
        ...inTurn(callGuard.options(), write?.options() ?? {}),
      }),
      list: (fetchPage, options: ListOptions) =>
        checkedList(options, {
          schemas: this.#schemas,
          reader: context,
          read: () => (countOnly ? countItems(fetchPage, options, walk) : listItems(fetchPage, options, limits, walk)),
        }),
      collect: (fetchPage, maxItems) => collectItems(fetchPage, maxItems, walk),
      whole: (fetchPage) => wholeItems(fetchPage, walk),
      find: (fetchPage, isIt) => findItem(fetchPage, isIt, walk),
      checkProfile: (kind, profile, how) => checkProfile(kind, profile, how, this.#schemas, context),
      // `fields` chooses from the whole result that the excerpt becomes a part of.
      excerpt: (items, share) =>
        excerpt(items, {
          shape: (item) => shape(item, { ...shaping, fields: undefined }),
          maxChars: maxResultChars * share,
        }),
      hasFields: shaping.fields !== undefined,
      may: (scope) => scopeState(scope, scopeView(session)) === "on",
      hides: (...path) => this.#guard.isHidden(...path),
      difference: (before, after) => {
        const { value, show } = marked(before, this.#mask);
        return difference(value, after, { show });
      },
      signedInAs: async () => (await session.status()).user,
      scopeStatus: async () => scopeStatus(catalogue, scopeView(session), (await session.status()).signedIn),
      readFile: async (path, { maxBytes }) =>
        readAllowedFile(path, { roots: [...fileRoots, ...((await roots?.()) ?? [])], maxBytes, deadline: this.#files }),
      changes: new ChangeHistory({
        journal,
        catalogue,
        mask: this.#mask,
        guard: this.#guard,
        context: () => context,
        weigh: (step) => this.#weigh(step, context, shaping),
        room: (wanted) => callGuard.checkRoomFor(wanted),
        perform: (step, mark) => this.#performStep(call, step, mark),
        now,
      }),
      now,
    };
    return context;
  }
}
