import { scopeView, toolsByPurpose } from "../catalogue/active-tools.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import { findTool } from "../catalogue/find-tool.js";
import { requireScopes } from "../catalogue/require-scopes.js";
import { actsItself } from "../catalogue/tool-sorts.js";
import type { ConfirmMode } from "../config/settings.js";
import { toOktaMcpError } from "../errors/render.js";
import { isAllowedFile } from "../files/allowed-file.js";
import { readNamed } from "../foresight/foresight.js";
import type { CallGuard } from "../guard/guard.js";
import type { Consent, Reading } from "../journal/agreed.js";
import { ChangeHistory } from "../journal/history.js";
import { toJson } from "../journal/state.js";
import type { Performed } from "../journal/undo.js";
import { withDefaults } from "../journal/undo-plan.js";
import type { Write } from "../journal/writes.js";
import type { JsonObject } from "../json/json.js";
import type { ToolFor } from "../okta/purpose.js";
import { howToGoOn } from "../results/cut-lists.js";
import { type ShapeOptions, toStructured } from "../results/shape.js";
import { withinLimit } from "../results/size-limit.js";
import type { Arguments, Impact, Tool, ToolContext, UndoStep } from "../tool.js";
import { type Caller, withinCall } from "./caller.js";
import { type Impacting, readImpact } from "./consent.js";
import { toolContext } from "./context.js";
import { InputNeeded } from "./input-needed.js";
import type { Operator } from "./operator.js";
import { fromUndo, type PreparedCall, type RequestedCall, type UndoRun } from "./prepared.js";
import { type Look, lookAt } from "./side-effects.js";

/** The parts that all calls share, whoever makes them. */
export interface CallSettings {
  catalogue: Catalogue;
  confirmMode: ConfirmMode;
  maxResultChars: number;
  /** Epoch milliseconds. */
  now(): number;
}

/** The end of a call: its outcome for the caller, and the tool's own result. */
export interface Ended {
  result: JsonObject;
  value: unknown;
  /** The id of the change in the journal. */
  changeId?: string | undefined;
}

const ROOTS = { id: "roots", kind: "roots" } as const;

/** A call that is about to be looked at. */
interface Looking extends Impacting {
  body: JsonObject | undefined;
}

/** One call, from what was asked for to what came of it. A tool cannot be reached around it. */
export class CallRun {
  readonly #settings: CallSettings;
  readonly #operator: Operator;
  readonly #call: RequestedCall;
  readonly #caller: Caller;
  readonly #guard: CallGuard;
  readonly #toolFor: ToolFor;
  /** The record of a tool that writes. */
  readonly #write: Write | undefined;
  /** How the call was agreed to, once it was. */
  #agreed: Consent["agreed"] = "not_needed";
  /** The folders from which the tool may read, as of the last look; undefined for a tool that reads no files. */
  #folders: readonly string[] | undefined;

  constructor(settings: CallSettings, operator: Operator, call: RequestedCall, caller: Caller, guard: CallGuard) {
    this.#settings = settings;
    this.#operator = operator;
    this.#call = call;
    this.#caller = caller;
    this.#guard = guard;
    this.#toolFor = toolsByPurpose(settings.catalogue, () => scopeView(operator.session));
    const { tool, preview, undoes } = call;
    this.#write =
      tool.effect === "reads"
        ? undefined
        : operator.writes.open({ tool, preview, undo: undoes, toolFor: this.#toolFor, requestId: caller.requestId });
  }

  /**
   * Makes the call, or previews it.
   * @throws OktaMcpError what it is refused by or fails with, once that is on record; InputNeeded where a person has to
   * answer before it goes on
   */
  async run(): Promise<Ended> {
    const { tool } = this.#call;
    const { session, seals } = this.#operator;
    const caller = this.#caller;
    const view = () => scopeView(session);
    try {
      return await requireScopes(tool, view, async () => {
        const prepared = await this.#understood(this.#call.prepare());
        const needed = this.#operator.sessionFor(tool);
        if (needed !== undefined) {
          const prompt = this.#operator.promptOf(needed);
          await prompt.ensureSignedIn(needed, { ...caller, seals }, { tool: tool.name, args: prepared.args });
        }
        // The sign-in may have shown that the scope was not granted.
        return requireScopes(tool, view, () => this.#perform(prepared));
      });
    } catch (thrown) {
      // A round brings its own answers alone, so the folders that an earlier one brought are asked for again.
      if (thrown instanceof InputNeeded) throw caller.resumed?.answers.roots ? thrown.alsoFor(ROOTS) : thrown;
      // Hidden values go no further, also where this call is a part of another.
      const error = this.#guard.error(toOktaMcpError(thrown, caller.signal));
      await this.#write?.failed(error);
      throw error;
    }
  }

  /** A call with arguments that the tool has checked as well. @throws OktaMcpError bad_input */
  async #understood(prepared: PreparedCall): Promise<PreparedCall> {
    const args = await this.#call.tool.understand?.(prepared.args);
    return args === undefined ? prepared : { ...prepared, args };
  }

  async #perform(prepared: PreparedCall): Promise<Ended> {
    const { tool } = this.#call;
    const { args, body } = prepared;
    const shaping = { ...prepared.shaping, hides: this.#operator.guard.hides, ...ofApi(tool) };
    await this.#askFolders(args);
    const context = this.#context(prepared, shaping);
    await this.#write?.understood(args, body);
    await this.#guard.begin(tool, args, context);
    const looking = { tool, args, body, context, shaping, losses: prepared.losses };
    const first = await this.#look(looking);
    return this.#write?.preview
      ? this.#preview(this.#write, prepared, looking, first)
      : this.#make(prepared, looking, first);
  }

  /** Answers with what the call would do. */
  async #preview(write: Write, prepared: PreparedCall, looking: Looking, look: Look): Promise<Ended> {
    const { tool, context, args } = looking;
    const { body, kept } = look.proposal;
    const hide = this.#guard.text;
    const named = tool.api === undefined ? () => readNamed(args, context) : async () => [];
    const unchecked = prepared.foresees
      ? [...(await named()), ...((await tool.foresee?.(context, args, look.proposal)) ?? [])]
      : [];
    const { impact, sideEffects } = await readImpact(looking, look);
    // What an attribute is and becomes is hidden by its place, so that no guess elsewhere is masked for being right.
    const result = await write.previewed(context, args, body, {
      impact: impact && hiddenIn(impact, hide),
      sideEffects: sideEffects.map(hide),
      kept,
      unchecked: unchecked.map(hide),
      keeps: [...prepared.keeps, ...kept.paths],
    });
    return { result: withinLimit(result, this.#settings.maxResultChars), value: result };
  }

  /** Makes the call, once whoever has to has agreed to it. */
  async #make(prepared: PreparedCall, looking: Looking, first: Look): Promise<Ended> {
    const { tool, context, args, shaping } = looking;
    const write = this.#write;
    const guard = this.#guard;
    let { body, kept } = first.proposal;
    // The effects of a call may change while a person thinks. So they are read as often as needed.
    const lookAgain = async () => {
      guard.forget();
      await this.#askFolders(args);
      const latest = await this.#look(looking);
      ({ body, kept } = latest.proposal);
      return latest;
    };
    const consent = await this.#consent(prepared, looking, first, lookAgain);
    this.#agreed = consent.agreed;
    write?.agreed(consent.agreed);
    write?.does({ removes: consent.loses, also: first.also.map((other) => other.tool.name) });
    // A tool that does nothing itself writes by calls of others, and each of these counts.
    if (tool.effect !== "reads" && actsItself(tool)) await guard.count(consent.loses ? "removal" : "write");
    const value = await (write ? write.run(context, args, body) : tool.run(context, args, body));
    const result = guard.result(value, toStructured(value, args, shaping, this.#settings.maxResultChars));
    const sideEffects = consent.sideEffects.map(guard.text);
    return {
      result: write?.noted(result, { sideEffects, kept: kept.told }) ?? result,
      value,
      changeId: write?.changeId,
    };
  }

  #consent(
    { consent, confirmation }: PreparedCall,
    looking: Looking,
    look: Look,
    lookAgain: () => Promise<Look>,
  ): Promise<Consent> {
    const { ask, resumed, approvals } = this.#caller;
    const operator = this.#operator;
    return consent({
      ...looking,
      look,
      lookAgain,
      confirmation,
      mode: this.#settings.confirmMode,
      ask,
      resumed,
      approvals,
      seals: operator.seals,
      who: () => operator.agreeing(),
      hide: this.#guard.text,
      seen: (shown) => this.#write?.seen(shown),
      // Each call of an undo counts by itself, and there was room for all of them.
      beforeLoss: async () => {
        if (actsItself(looking.tool)) await this.#guard.checkRoom("removal");
      },
    });
  }

  #look(looking: Omit<Looking, "losses">, callGuard = this.#guard): Promise<Look> {
    const { tool, context, args, body } = looking;
    const { guard, session } = this.#operator;
    const { catalogue } = this.#settings;
    return lookAt(
      tool,
      { callGuard, context, args, body, hides: guard.hides },
      { catalogue, view: () => scopeView(session) },
    );
  }

  /** Makes one call of an undo, on the path of every other call. */
  async #performStep(step: UndoStep, mark: UndoRun["mark"]): Promise<Performed> {
    const { catalogue } = this.#settings;
    const undo = { mark, preview: this.#call.preview, agreed: this.#agreed };
    const call = fromUndo(findTool(catalogue, step.tool), step, undo);
    const guard = this.#operator.guard.forCall();
    const run = new CallRun(this.#settings, this.#operator, call, withinCall(this.#caller), guard);
    const { value, changeId } = await run.run();
    return { value: toJson(value), changeId };
  }

  /** Reads the losses of one call of an undo. @throws OktaMcpError where the call would be refused */
  async #weigh({ tool: name, args, body }: UndoStep, context: ToolContext, shaping: ShapeOptions): Promise<Reading> {
    const { catalogue } = this.#settings;
    const { guard, session } = this.#operator;
    const tool = findTool(catalogue, name);
    const given = withDefaults(tool, { args, body });
    const callGuard = guard.forCall();
    const weigh = async () => {
      await callGuard.begin(tool, given, context);
      const looking = { tool, args: given, body, context, shaping };
      return readImpact({ ...looking, losses: "meant" }, await this.#look(looking, callGuard));
    };
    return requireScopes(tool, () => scopeView(session), weigh);
  }

  /**
   * Finds the folders from which the tool may read its file: those of the settings and, where the file lies in none of
   * them, those that the client opens.
   * @throws InputNeeded where the caller tells its folders later
   */
  async #askFolders(args: Arguments): Promise<void> {
    const path = this.#call.tool.readsFile && args[this.#call.tool.readsFile];
    if (typeof path !== "string") return;
    const { fileRoots, files, seals } = this.#operator;
    this.#folders = fileRoots;
    const { roots, resumed } = this.#caller;
    if (!roots || (await isAllowedFile(path, { roots: fileRoots, deadline: files }))) return;
    const opened = typeof roots === "function" ? await roots() : resumed?.answers.roots;
    if (opened === undefined) {
      const principal = await this.#operator.agreeing();
      const { name: tool } = this.#call.tool;
      throw new InputNeeded([ROOTS], await seals.issue({ use: "roots", principal, tool, args, state: null }));
    }
    this.#folders = [...fileRoots, ...opened];
  }

  #context({ countOnly }: PreparedCall, shaping: ShapeOptions): ToolContext {
    const { catalogue, maxResultChars, now } = this.#settings;
    const operator = this.#operator;
    const { journal, mask, guard } = operator;
    return toolContext({
      operator,
      catalogue,
      toolFor: this.#toolFor,
      caller: this.#caller,
      hooks: [this.#guard.options(), this.#write?.options() ?? {}],
      shaping,
      countOnly,
      maxResultChars,
      folders: () => this.#folders,
      changes: (context) =>
        new ChangeHistory({
          journal,
          catalogue,
          mask,
          guard,
          context,
          person: operator.person,
          weigh: (step) => this.#weigh(step, context(), shaping),
          room: (wanted) => this.#guard.checkRoomFor(wanted),
          perform: (step, mark) => this.#performStep(step, mark),
          now,
        }),
      now,
    });
  }
}

/** The shape of what an API answers: nothing in it has a meaning at Okta. */
function ofApi({ api }: Pick<Tool, "api">): Partial<ShapeOptions> {
  return api === undefined ? {} : { includeLinks: true, howToGoOn: howToGoOn(api.paging) };
}

function hiddenIn({ target, details }: Impact, hide: (text: string) => string): Pick<Impact, "target" | "details"> {
  return { target: { ...target, name: hide(target.name) }, details: details.map(hide) };
}
