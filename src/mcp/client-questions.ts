import { randomUUID } from "node:crypto";
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra, RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  ErrorCode,
  McpError,
  ResultSchema,
  type ServerNotification,
  type ServerRequest,
} from "@modelcontextprotocol/sdk/types.js";
import type { HoldingCaller } from "../call/caller.js";
import type { Answer } from "../call/input-needed.js";
import type { Link } from "../call/sign-in-prompt.js";
import type { Log } from "../log.js";
import {
  type AdapterOptions,
  type CallParts,
  CONFIRM_FORM,
  declaredIn,
  FASTEST_PERSON_MS,
  listedFolders,
} from "./adapter.js";
import { faultFields } from "./protocol-fault.js";

/** The time that a person has to answer a question. */
const PERSON_TIMEOUT_MS = 5 * 60_000;

/** The time that a client has to list its roots. It needs no person for that. */
const ROOTS_TIMEOUT_MS = 5_000;

/** The MCP library's record of the current request. */
export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/**
 * Asks the client questions during a call (MCP of 2025: requests from the server). The client keeps its call open
 * meanwhile.
 */
export class ClientQuestions {
  readonly #server: Server;
  readonly #log: Pick<Log, "warn">;
  readonly #fastestPersonMs: number;
  readonly #monotonicMs: () => number;

  constructor(server: Server, options: AdapterOptions) {
    this.#server = server;
    this.#log = options.log;
    this.#fastestPersonMs = options.fastestPersonMs ?? FASTEST_PERSON_MS;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
  }

  /** The questions that this client accepts during one request. */
  during(extra: Extra, waiting: CallParts["waiting"]): Pick<HoldingCaller, "ask" | "showLink" | "roots"> {
    const { asksForms, showsLinks, hasRoots } = declaredIn(this.#server.getClientCapabilities());
    const ask = (message: string) => waiting("Waiting for a person's answer", this.#ask(message, extra));
    return {
      ask: asksForms ? ask : undefined,
      showLink: showsLinks ? (link, done) => this.#showLink(link, done, extra) : undefined,
      roots: hasRoots ? () => this.#roots(extra) : undefined,
    };
  }

  async #ask(message: string, { signal, requestId }: Extra): Promise<Answer> {
    try {
      return await this.#elicit(
        { mode: "form", message, requestedSchema: CONFIRM_FORM },
        { signal, relatedRequestId: requestId },
      );
    } catch (error) {
      signal.throwIfAborted();
      return noAnswer(error);
    }
  }

  async #showLink({ url, message }: Link, done: Promise<void>, { requestId }: Extra): Promise<Answer> {
    const elicitationId = randomUUID();
    const complete = this.#server.createElicitationCompletionNotifier(elicitationId);
    done.then(complete).catch(() => undefined);
    try {
      return await this.#elicit({ mode: "url", url, message, elicitationId }, { relatedRequestId: requestId });
    } catch (error) {
      return noAnswer(error);
    }
  }

  /** Asks the client a question. It recognises a refusal that came too soon for a person. */
  async #elicit(params: Parameters<Server["elicitInput"]>[0], how: RequestOptions): Promise<Answer> {
    const askedAtMs = this.#monotonicMs();
    const { action, content } = await this.#server.elicitInput(params, { timeout: PERSON_TIMEOUT_MS, ...how });
    if (action === "accept" && (params.mode === "url" || content?.confirm === true)) return "accepted";
    if (this.#monotonicMs() - askedAtMs < this.#fastestPersonMs) return "not_shown";
    return action === "cancel" ? "cancelled" : "declined";
  }

  async #roots({ signal, requestId }: Extra): Promise<string[]> {
    try {
      const limits = { timeout: ROOTS_TIMEOUT_MS, signal, relatedRequestId: requestId };
      // The MCP library's own schema refuses all roots where one of them is no file, such as a remote folder.
      return listedFolders(await this.#server.request({ method: "roots/list" }, ResultSchema, limits));
    } catch (error) {
      signal.throwIfAborted();
      this.#log.warn("the client did not list its roots", faultFields(error));
      return [];
    }
  }
}

function noAnswer(error: unknown): Answer {
  if (!(error instanceof McpError)) return "failed";
  if (error.code === ErrorCode.MethodNotFound) return "unsupported";
  return error.code === ErrorCode.RequestTimeout ? "timed_out" : "failed";
}
