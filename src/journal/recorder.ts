import { randomBytes } from "node:crypto";
import { type ErrorCode, OktaMcpError } from "../errors/index.js";
import { stringifyJson } from "../json/exact-json.js";
import { type Json, mapTexts } from "../json/json.js";
import type { Log } from "../log.js";
import { isWrite } from "../okta/fault.js";
import { nameOf } from "../okta/objects.js";
import { type ToolFor, withTool } from "../okta/purpose.js";
import type { OktaRequest, OktaResponse } from "../okta/request.js";
import { shownPath, shownQuery } from "../okta/shown-path.js";
import { redact } from "../text/redact.js";
import { MASK } from "../text/secrets.js";
import type { Arguments } from "../tool.js";
import {
  type Change,
  findChange,
  type Journal,
  type JournalLine,
  type LaterLine,
  type RecordedConsent,
  type SentRequest,
  type UndoMark,
} from "./change.js";
import type { Masking } from "./masking.js";
import { MAX_KEPT_CHARS, type State, toJson } from "./state.js";

/** Errors after which nobody knows whether the change was made, unless the error says it itself. */
const UNSURE: ReadonlySet<ErrorCode> = new Set(["okta_down", "api_down", "unreachable", "cancelled", "bug"]);

export interface RecorderOptions {
  journal: Journal;
  tool: { name: string; effect: string; api?: { name: string }; secretsIn?(args: Arguments): readonly string[] };
  /** Asked when the first line is written, since the person may not be known before. */
  who: () => Promise<Pick<Change, "org" | "actor">>;
  mask: Masking;
  /** Tells the tools that advice names. */
  toolFor: ToolFor;
  /** The attributes that the guard file hides. */
  hiddenNames: readonly string[];
  /** Set where this call takes back another change. */
  undo?: UndoMark | undefined;
  /** The request at a company's server. */
  requestId?: string | undefined;
  log: Pick<Log, "error">;
  /** Epoch milliseconds. */
  now: () => number;
}

/** A new id. Ids sort by time, as far as one clock tells. */
export function newChangeId(nowMs: number): string {
  return `chg${nowMs.toString(36).padStart(9, "0")}${randomBytes(5).toString("hex")}`;
}

/**
 * Records one write: with a line before its first request leaves, and another when it has ended. A write that is
 * refused earlier has one line.
 */
export class Recorder {
  readonly id: string;
  /** A sentence for the caller of a write that was made and whose end could not be recorded. */
  warning: string | undefined;
  readonly #options: RecorderOptions;
  readonly #requests: SentRequest[] = [];
  readonly #bySent = new Map<OktaRequest, SentRequest>();
  readonly #notes: string[] = [];
  /** Texts of the arguments that are secrets by their schema. */
  #secrets: ReadonlySet<string> = new Set();
  #facts: Partial<Pick<Change, "arguments" | "before" | "target" | "effect" | "also_does">> = {};
  #consent: RecordedConsent = "not_given";
  #begun = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.id = newChangeId(options.now());
  }

  /** Takes the arguments of the call, once they are valid. */
  understood(args: Arguments, body?: Json): void {
    this.#secrets = new Set(this.#options.tool.secretsIn?.(args));
    const json = toJson(body === undefined ? args : { ...args, body });
    const kept = this.#kept("What the arguments say", json);
    if (kept !== undefined) this.#facts.arguments = kept;
  }

  /** Checks that the write could be recorded. @throws OktaMcpError bad_config */
  check(): Promise<void> {
    return this.#options.journal.check();
  }

  /** Takes the name of the object that a person sees. The object's own name has precedence. */
  seen(name: string): void {
    if (name !== "") this.#facts.target = name;
  }

  /** Takes how the call was agreed to. */
  agreed(consent: RecordedConsent): void {
    this.#consent = consent;
  }

  /** Takes the effects of the call, whatever its tool. */
  does({ removes, also }: { removes: boolean; also: readonly string[] }): void {
    if (removes) this.#facts.effect = "removes";
    if (also.length > 0) this.#facts.also_does = [...also];
  }

  /** Takes the object's state before the write. */
  before(state: State): void {
    const kept = this.#side("before", state);
    if (kept === undefined) return;
    this.#facts.before = kept;
    const name = nameOf(kept);
    if (name !== undefined) this.#facts.target = name;
  }

  /**
   * Writes the first line before the first request that changes something leaves. @throws OktaMcpError bad_config;
   * conflict when another undo was faster
   */
  async beforeSend(request: OktaRequest): Promise<void> {
    if (!isWrite(request)) return;
    const sent: SentRequest = { method: request.method, path: `${shownPath(request)}${shownQuery(request)}` };
    if (!this.#begun) {
      await this.#begin([sent]);
      if (this.#options.undo) await this.#refuseSecondUndo(this.#options.undo);
    } else {
      await this.#append({ id: this.id, requests: [...this.#requests, sent] });
    }
    this.#requests.push(sent);
    this.#bySent.set(request, sent);
  }

  onAnswer({ status, headers }: OktaResponse, request: OktaRequest): void {
    const sent = this.#bySent.get(request);
    if (sent === undefined) return;
    sent.status = status;
    const id = request.api === undefined ? headers.get("X-Okta-Request-Id") : null;
    if (id !== null) sent.okta_request_id = id;
  }

  /** Records that the write was made, and the object's new state. A call that sent nothing is not recorded. */
  async done(after: State): Promise<void> {
    if (!this.#begun) return;
    const kept = this.#side("after", after);
    const target = this.#facts.target ?? nameOf(kept);
    await this.#finish({
      outcome: "done",
      ...(kept === undefined ? {} : { after: kept }),
      ...(target === undefined ? {} : { target }),
    });
  }

  /**
   * Records how the write failed, or the reason why it was refused. Never rejects: the caller has to hear of the error
   * itself.
   */
  async failed(error: OktaMcpError): Promise<void> {
    const told = { code: error.code, message: redact(error.message) };
    try {
      if (!this.#begun) {
        // An undo sends no request itself. Its calls may have changed something.
        const outcome = error.maybeDone ? "failed" : "refused";
        return await this.#begin([], { outcome, error: told, ended_at: this.#time() });
      }
      const answered = this.#requests.length > 0 && this.#requests.every(({ status }) => status !== undefined);
      const ended = (error.maybeDone ?? UNSURE.has(error.code)) ? "unknown" : "failed";
      const outcome = this.#requests.length === 0 ? "refused" : answered ? "done" : ended;
      if (answered) this.#notes.push("The change was made; what the call did after it failed.");
      const unanswered = this.#requests.find(({ status }) => status === undefined);
      const requestId = error.data?.okta_request_id;
      if (unanswered && typeof requestId === "string") unanswered.okta_request_id = requestId;
      await this.#finish({ outcome, error: told });
    } catch (cause) {
      this.#options.log.error("the journal could not be written", { tool: this.#options.tool.name, cause });
    }
  }

  async #begin(requests: SentRequest[], more: Partial<Change> = {}): Promise<void> {
    const { tool, who, undo, hiddenNames } = this.#options;
    await this.#append({
      v: 1,
      id: this.id,
      at: this.#time(),
      ...(await who()),
      tool: tool.name,
      ...(tool.api === undefined ? {} : { api: tool.api.name }),
      effect: tool.effect,
      ...this.#facts,
      ...(hiddenNames.length > 0 ? { hidden_attributes: [...hiddenNames] } : {}),
      confirmed: this.#consent,
      ...(undo === undefined ? {} : { undo_of: undo.of, undo_run: undo.run }),
      requests,
      ...(this.#notes.length > 0 ? { notes: this.#notes } : {}),
      ...more,
    });
    this.#begun = true;
  }

  #append(line: JournalLine): Promise<void> {
    const { journal, requestId } = this.#options;
    return journal.append(line, requestId);
  }

  async #finish(end: Omit<LaterLine, "id">): Promise<void> {
    const notes = this.#notes.length > 0 ? { notes: this.#notes } : {};
    const line = { id: this.id, ended_at: this.#time(), requests: this.#requests, ...notes, ...end };
    try {
      await this.#append(line);
    } catch (cause) {
      this.#options.log.error("the end of a change could not be recorded", { change: this.id, cause });
      this.warning = `This was done, but the journal could not be completed; it shows change ${this.id} as unknown.`;
    }
  }

  /**
   * Stops all but the first of several undos of one change, in whatever processes. The order of their lines decides.
   */
  async #refuseSecondUndo({ of, run }: UndoMark): Promise<void> {
    const change = await findChange(this.#options.journal, of);
    const first = change?.undone_by?.[0];
    if (first === undefined || first === this.id) return;
    // It may be of somebody else, whose changes are not shown here.
    const other = await findChange(this.#options.journal, first);
    if (other?.undo_run === run) return;
    throw new OktaMcpError("conflict", `Nothing was changed. Change ${of} is being undone by another call.`, {
      fix: `Look at it${withTool(this.#options.toolFor, "show change")}.`,
      data: { undone_by: change?.undone_by },
    });
  }

  #side(side: "before" | "after", state: State): Json | undefined {
    if ("value" in state) return this.#kept(`The object ${side}`, state.value);
    this.#notes.push(`What was there ${side} is not known: ${state.unknown}.`);
    return undefined;
  }

  #kept(what: string, value: Json): Json | undefined {
    const isSecret = (text: string) => this.#secrets.has(text);
    const masked = mapTexts(this.#options.mask(value), (text) => (isSecret(text) ? MASK : text));
    if (stringifyJson(masked).length <= MAX_KEPT_CHARS) return masked;
    this.#notes.push(`${what} had more than ${MAX_KEPT_CHARS} characters and was not kept.`);
    return undefined;
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}
