import type { Principal } from "../auth/principal.js";
import type { CatalogueEntry } from "../catalogue/catalogue.js";
import type { OktaMcpError } from "../errors/index.js";
import { isObject, type JsonObject } from "../json/json.js";
import type { Log } from "../log.js";
import type { ToolFor } from "../okta/purpose.js";
import type { CallOptions, OktaRequest } from "../okta/request.js";
import { isKeptIn } from "../results/keep-hidden.js";
import { type IsHidden, losses, named } from "../results/losses.js";
import type { Arguments, Impact, ToolContext } from "../tool.js";
import type { Consent } from "./agreed.js";
import type { Change, Journal, UndoMark } from "./change.js";
import type { Masking } from "./masking.js";
import { NotSent, type Previewed, previewOf, refuseWrites } from "./preview.js";
import { Recorder } from "./recorder.js";
import { type State, toJson } from "./state.js";
import { presentState } from "./undo-plan.js";

/** The parts that recording needs, shared by all calls. */
export interface WritesOptions {
  journal: Journal | undefined;
  /** On whose behalf calls of a tool are made at the moment. */
  who: (tool: Pick<CatalogueEntry, "scope" | "api" | "effect">) => Promise<Principal>;
  mask: Masking;
  /** Tells what the guard file hides. */
  isHidden: IsHidden;
  /** The attributes that the guard file hides. */
  hiddenNames: readonly string[];
  /** True where a flag on the command line agrees in a person's place. */
  yesFlag: boolean;
  log: Log;
  now: () => number;
}

/** The principal as the journal has it. */
function recordedAs({ issuer, subject, login, client, method }: Principal): Pick<Change, "org" | "actor"> {
  const known = subject === undefined ? {} : { subject };
  return { org: issuer, actor: { user: login ?? null, client_id: client ?? null, method, ...known } };
}

/** A write that is about to begin. */
export interface OpenedWrite {
  tool: CatalogueEntry;
  /** True where no request that changes anything may leave. */
  preview: boolean;
  /** Set where the call takes back another change. */
  undo: UndoMark | undefined;
  /** Tells the tools that advice names. */
  toolFor: ToolFor;
  /** The request at a company's server. */
  requestId: string | undefined;
}

/** Opens the records of writes. */
export class Writes {
  readonly #options: WritesOptions;

  constructor(options: WritesOptions) {
    this.#options = options;
  }

  /** Opens the record of one call of a writing tool. A preview is not recorded. */
  open({ tool, preview, undo, toolFor, requestId }: OpenedWrite): Write {
    const { journal, mask, hiddenNames, log, now } = this.#options;
    if (preview || journal === undefined) return new Write(tool, this.#options, preview, undefined);
    const who = async () => recordedAs(await this.#options.who(tool));
    const recorder = new Recorder({ journal, tool, who, mask, toolFor, hiddenNames, undo, requestId, log, now });
    return new Write(tool, this.#options, false, recorder);
  }
}

/** One call of a writing tool, either recorded or previewed. */
export class Write {
  /** True where no request that changes anything may leave. */
  readonly preview: boolean;
  readonly #tool: CatalogueEntry;
  readonly #options: Pick<WritesOptions, "mask" | "isHidden" | "yesFlag">;
  readonly #recorder: Recorder | undefined;

  constructor(
    tool: CatalogueEntry,
    options: Pick<WritesOptions, "mask" | "isHidden" | "yesFlag">,
    preview: boolean,
    recorder: Recorder | undefined,
  ) {
    this.#tool = tool;
    this.#options = options;
    this.preview = preview;
    this.#recorder = recorder;
  }

  /** The id of the change in the journal. */
  get changeId(): string | undefined {
    return this.#recorder?.id;
  }

  /** The hooks for the operations of this call. */
  options(): Pick<CallOptions, "beforeSend" | "onAnswer"> {
    if (this.preview) return { beforeSend: refuseWrites };
    const recorder = this.#recorder;
    if (!recorder) return {};
    return {
      beforeSend: (request) => recorder.beforeSend(request),
      onAnswer: (answer, request) => recorder.onAnswer(answer, request),
    };
  }

  /**
   * Tells the arguments, once they are understood.
   * @param body that goes to Okta in place of the one that the arguments make
   * @throws OktaMcpError bad_config where the journal cannot be written
   */
  async understood(args: Arguments, body: JsonObject | undefined): Promise<void> {
    this.#recorder?.understood(args, body);
    await this.#recorder?.check();
  }

  /** Takes the question to a person in the form in which it may be shown. */
  seen({ target }: Pick<Impact, "target">): void {
    this.#recorder?.seen(target.name);
  }

  /** Takes how the call was agreed to. */
  agreed(agreed: Consent["agreed"]): void {
    this.#recorder?.agreed(agreed === "person" && this.#options.yesFlag ? "yes_flag" : agreed);
  }

  /**
   * Takes the effects of the call, whatever its tool: whether it takes something away, and which other tools do the
   * same.
   */
  does(what: { removes: boolean; also: readonly string[] }): void {
    this.#recorder?.does(what);
  }

  /**
   * Runs the tool, and records the object's state before and after.
   * @returns the tool's result
   */
  async run(context: ToolContext, args: Arguments, body: JsonObject): Promise<unknown> {
    const tool = this.#tool;
    if (!this.#recorder) return tool.run(context, args, body);
    this.#recorder.before(await presentState(tool, context, args, undefined));
    const value = await tool.run(context, args, body);
    // The change is made. A failure to read its result is not a failure of the change.
    const after = await presentState(tool, context, args, toJson(value)).catch(
      (): State => ({ unknown: "the call was ended before it could be read" }),
    );
    await this.#recorder.done(after);
    return value;
  }

  /**
   * A result with notes for the caller.
   * @param more side effects, one line each, and the places where hidden values were kept
   */
  noted(
    result: JsonObject,
    { sideEffects, kept }: { sideEffects: readonly string[]; kept: readonly string[] },
  ): JsonObject {
    const warning = this.#recorder?.warning;
    return {
      ...result,
      ...(sideEffects.length === 0 ? {} : { side_effects: [...sideEffects] }),
      ...(kept.length === 0 ? {} : { kept_hidden: [...kept] }),
      ...(warning === undefined ? {} : { journal_warning: warning }),
    };
  }

  /** Records how the call failed. Never rejects. */
  async failed(error: OktaMcpError): Promise<void> {
    await this.#recorder?.failed(error);
  }

  /**
   * The preview of the call. It sends no request that changes anything.
   * @param foreseen the question to a person, a sentence for everything that could not be checked, and the paths that
   * an undo only repeats
   * @throws the error of the tool
   */
  async previewed(
    context: ToolContext,
    args: Arguments,
    body: JsonObject,
    foreseen: Pick<Previewed, "impact" | "sideEffects" | "kept" | "keeps" | "unchecked">,
  ): Promise<JsonObject> {
    const tool = this.#tool;
    const { mask, isHidden } = this.#options;
    const { replaces, change, effect } = tool;
    const state = await presentState(tool, context, args, undefined);
    const now = "value" in state ? state.value : null;
    const lost =
      replaces && now !== null ? losses(now, body, { ...replaces, isHidden, isKept: isKeptIn(foreseen.kept) }) : [];
    const seen = mask(now);
    const caught = await sendNothing(() => tool.run(context, args, body));
    if ("value" in caught) {
      // A tool that makes other calls describes their effects itself.
      const told = toJson(caught.value);
      if (isObject(told) && told.dry_run === true) return told;
    }
    return previewOf({
      effect,
      request: "request" in caught ? caught.request : undefined,
      state,
      becomes: change?.becomes && ((before) => change.becomes?.(args, before)),
      setByOkta: replaces?.setByOkta,
      wouldBeLost: lost.map((loss) => named(loss, seen).path),
      ...foreseen,
      mask,
    });
  }
}

async function sendNothing(work: () => Promise<unknown>): Promise<{ request: OktaRequest } | { value: unknown }> {
  try {
    return { value: await work() };
  } catch (thrown) {
    if (thrown instanceof NotSent) return { request: thrown.request };
    throw thrown;
  }
}
