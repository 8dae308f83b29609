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

/** What recording needs; one for each server. */
export interface WritesOptions {
  journal: Journal | undefined;
  /** On whose behalf calls are made at the moment. */
  who: () => Promise<Principal>;
  mask: Masking;
  /** Tells what the guard file hides. */
  isHidden: IsHidden;
  /** The attributes that the guard file hides. */
  hiddenNames: readonly string[];
  /** Who says yes when a person is asked: a person, or a flag on the command line. */
  yesFlag: boolean;
  log: Log;
  now: () => number;
}

/** The principal as the journal has it. */
function recordedAs({ issuer, subject, login, client, method }: Principal): Pick<Change, "org" | "actor"> {
  const known = subject === undefined ? {} : { subject };
  return { org: issuer, actor: { user: login ?? null, client_id: client ?? null, method, ...known } };
}

/** Begins the records of writes. */
export class Writes {
  readonly #options: WritesOptions;

  constructor(options: WritesOptions) {
    this.#options = options;
  }

  /** Opens the record of one call of a tool that writes; in a preview nothing is recorded. */
  open(tool: CatalogueEntry, preview: boolean, undo: UndoMark | undefined, toolFor: ToolFor): Write {
    const { journal, mask, hiddenNames, log, now } = this.#options;
    if (preview || journal === undefined) return new Write(tool, this.#options, preview, undefined);
    const who = async () => recordedAs(await this.#options.who());
    const recorder = new Recorder({ journal, tool, who, mask, toolFor, hiddenNames, undo, log, now });
    return new Write(tool, this.#options, false, recorder);
  }
}

/** One call of a tool that writes: recorded, or previewed. */
export class Write {
  /** True where nothing that changes anything may leave. */
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

  /** The id under which the journal has it. */
  get changeId(): string | undefined {
    return this.#recorder?.id;
  }

  /** How the operations of this call have to be made. */
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

  /** Tells what a person would be asked, fit to be shown. */
  seen({ target }: Pick<Impact, "target">): void {
    this.#recorder?.seen(target.name);
  }

  /** Tells how the call was agreed to. */
  agreed(agreed: Consent["agreed"]): void {
    this.#recorder?.agreed(agreed === "person" && this.#options.yesFlag ? "yes_flag" : agreed);
  }

  /** Tells what the call does, whatever its tool is called: whether it takes something away, and what other tools do the same. */
  does(what: { removes: boolean; also: readonly string[] }): void {
    this.#recorder?.does(what);
  }

  /**
   * Does the work, with the state of the object before and after it on record.
   * @returns what the tool returned
   */
  async run(context: ToolContext, args: Arguments, body: JsonObject): Promise<unknown> {
    const tool = this.#tool;
    if (!this.#recorder) return tool.run(context, args, body);
    this.#recorder.before(await presentState(tool, context, args, undefined));
    const value = await tool.run(context, args, body);
    // The work is done; that its result cannot be looked at is no failure of it.
    const after = await presentState(tool, context, args, toJson(value)).catch(
      (): State => ({ unknown: "the call was ended before it could be read" }),
    );
    await this.#recorder.done(after);
    return value;
  }

  /**
   * A result with what the caller should know besides.
   * @param more what became of other objects, a line each, and where what could not be seen was kept
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
   * Answers with what the call would do; sends nothing that changes anything.
   * @param foreseen what a person would be asked, fit to be shown, and what could not be checked, a sentence each; what an undo only repeats
   * @throws what the tool itself finds wrong
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
      // A tool that makes other calls tells itself what they would do.
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
