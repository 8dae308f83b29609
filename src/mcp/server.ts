import { randomUUID } from "node:crypto";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra, RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type CallToolRequest,
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  ResultSchema,
  type ServerNotification,
  type ServerRequest,
} from "@modelcontextprotocol/sdk/types.js";
import type { Answer } from "../call/confirm.js";
import type { Caller, Engine, Invoker, Outcome } from "../call/invoke.js";
import type { Link } from "../call/sign-in.js";
import { scopeView, toolsOn } from "../catalogue/active-tools.js";
import type { ToolListing } from "../catalogue/catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import { errorText, renderError } from "../errors/render.js";
import { foldersOf } from "../files/allowed-file.js";
import { isObject } from "../json/json.js";
import { resultText } from "../results/result-text.js";
import { formAnswers } from "./form-answers.js";
import { INSTRUCTIONS } from "./instructions.js";
import { type Every, ProgressReport } from "./progress.js";
import { faultFields } from "./protocol-fault.js";

/** How long a person has to answer a question. */
const PERSON_TIMEOUT_MS = 5 * 60_000;

/**
 * An answer that comes sooner is a program's: a person needs about that long to react to a light alone,
 * and has a question to read.
 */
const FASTEST_PERSON_MS = 250;

/** How long a client may take to ask for the tools before the parts that calls need are loaded, which stops all else. */
const LIST_WAIT_MS = 100;

/** How long a client may take to list its roots, for which it needs nobody. */
const ROOTS_TIMEOUT_MS = 5_000;

export interface ServerOptions extends Omit<Engine, "catalogue"> {
  /** Loaded whole with the first call, or ahead of it as `warmUp`. */
  catalogue: ToolListing;
  version: string;
  /**
   * Results carry `structuredContent` besides their text: the plain form, for programs. Clients give it to the
   * model in place of the text, which is the form made for one: nothing hidden in it, lists as tables.
   */
  structuredContent: boolean;
  /** The org that the session is with, named as the source of every answer. */
  orgUrl: string;
  /** Opens the system's browser for a sign-in. True when one was started. */
  openBrowser?: ((url: string) => Promise<boolean>) | undefined;
  /** An answer to a question that comes sooner than this many milliseconds is no person's; by default 250. */
  fastestPersonMs?: number | undefined;
  /** Milliseconds on a clock that only goes forward. */
  monotonicMs?: (() => number) | undefined;
  /** The timer of the signs of life of a call. */
  every?: Every | undefined;
  /** Loads what the first call needs; run, and an earlier sign-in restored, once the client has the list of tools or lets time pass. */
  warmUp?: (() => Promise<unknown>) | undefined;
}

/** A server for one client and one session. */
export interface OktaMcpServer {
  /** Serves until the transport closes. */
  connect(transport: Transport): Promise<void>;
  /** Ends calls in progress and closes the transport. The session is the caller's to close. */
  close(): Promise<void>;
  /** Set by the caller: told when the client has gone. */
  onClose: (() => void) | undefined;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

const CONFIRM_FORM = {
  type: "object" as const,
  properties: {
    confirm: {
      type: "boolean" as const,
      title: "Yes, go on",
      description: "Nothing happens otherwise.",
      default: false,
    },
  },
  required: ["confirm"],
};

const NOT_INITIALIZED = "Nothing was done: a session begins with initialize. Send that first, then call again.";

/** The key under `_meta` that tells where an answer comes from (MCP, "General fields": a prefix, then a name). */
const PROVENANCE_KEY = "okta-mcp/provenance";

/**
 * Marks an answer as data of the org, for clients and gateways that keep apart what may be followed
 * and what may not. Every answer carries it: an error may quote the org as well.
 */
function provenance(org: string): { [key: string]: unknown } {
  return { [PROVENANCE_KEY]: { source: "okta-org", org, trust: "data" } };
}

/** @param plain the plain form goes along, for programs */
function toResult(outcome: Outcome, org: string, plain: boolean): CallToolResult {
  const isError = "error" in outcome;
  const text = isError ? errorText(outcome.error) : resultText(outcome.result);
  const structured = () => (isError ? { error: renderError(outcome.error) } : outcome.result);
  return {
    _meta: provenance(org),
    ...(isError ? { isError } : {}),
    content: [{ type: "text", text }],
    ...(plain ? { structuredContent: structured() } : {}),
  };
}

function noAnswer(error: unknown): Answer {
  if (!(error instanceof McpError)) return "failed";
  if (error.code === ErrorCode.MethodNotFound) return "unsupported";
  return error.code === ErrorCode.RequestTimeout ? "timed_out" : "failed";
}

/** What the system says of it names files of this machine, which the log has. */
function notLoaded(cause: unknown): OktaMcpError {
  return new OktaMcpError("bug", "A part of okta-mcp could not be loaded. Nothing was sent to Okta.", {
    fix: "Repeat the call; if it fails again, restart the server, then install okta-mcp anew. Its log has the reason.",
    cause,
  });
}

/**
 * Makes the MCP server: `tools/list` and `tools/call` over the one path of a call.
 * It answers `initialize` and `tools/list` from memory, whatever the state of sign-in.
 */
export function createServer(options: ServerOptions): OktaMcpServer {
  const { catalogue, session, log } = options;
  let invoker: Promise<Invoker> | undefined;
  const load = async (): Promise<Invoker> => {
    const [{ Invoker }, loaded] = await Promise.all([import("../call/invoke.js"), catalogue.load()]);
    return new Invoker({ ...options, catalogue: loaded });
  };
  const ready = (): Promise<Invoker> => {
    // What failed once, for want of open files say, may do the next time.
    invoker ??= load().catch((error: unknown) => {
      invoker = undefined;
      throw error;
    });
    return invoker;
  };
  const server = new Server(
    { name: "okta-mcp", title: "Okta administration", version: options.version },
    { capabilities: { tools: { listChanged: true } }, instructions: INSTRUCTIONS, jsonSchemaValidator: formAnswers },
  );
  // Clients made with this library take the id 0 in a cancellation for none, and would show a withdrawn question on.
  // biome-ignore lint/complexity/useLiteralKeys: The library keeps it private; so the compiler still checks the name.
  server["_requestMessageId"] = 1;

  let loading: NodeJS.Timeout | undefined;
  const loadAfter = (waitMs: number): void => {
    clearTimeout(loading);
    loading = setTimeout(async () => {
      session.restore().catch((error: unknown) => log.debug("restore failed", { error }));
      try {
        await ready();
        // What has come in meanwhile is not kept waiting for the rest.
        await new Promise(setImmediate);
        await options.warmUp?.();
      } catch (error) {
        log.warn("could not load ahead what calls need", { error });
      }
    }, waitMs).unref();
  };

  const visible = () => toolsOn(catalogue, scopeView(session));
  server.setRequestHandler(ListToolsRequestSchema, async ({ params }) => {
    if (params?.cursor) throw new McpError(ErrorCode.InvalidParams, "The list of tools has one page, and no cursor.");
    const tools = await catalogue.definitions(visible().map((tool) => tool.name));
    // By then the answer has left.
    if (!invoker) loadAfter(1);
    return { tools };
  });

  const { fastestPersonMs = FASTEST_PERSON_MS, monotonicMs = () => performance.now() } = options;
  /** Asks the client something; what is no yes and came too soon for a person is told apart. */
  const elicit = async (params: Parameters<Server["elicitInput"]>[0], how: RequestOptions): Promise<Answer> => {
    const askedAtMs = monotonicMs();
    const { action, content } = await server.elicitInput(params, { timeout: PERSON_TIMEOUT_MS, ...how });
    if (action === "accept" && (params.mode === "url" || content?.confirm === true)) return "accepted";
    if (monotonicMs() - askedAtMs < fastestPersonMs) return "not_shown";
    return action === "cancel" ? "cancelled" : "declined";
  };

  const ask = async (message: string, extra: Extra): Promise<Answer> => {
    try {
      return await elicit(
        { mode: "form", message, requestedSchema: CONFIRM_FORM },
        { signal: extra.signal, relatedRequestId: extra.requestId },
      );
    } catch (error) {
      extra.signal.throwIfAborted();
      return noAnswer(error);
    }
  };

  const showLink = async (link: Link, done: Promise<void>, extra: Extra): Promise<Answer> => {
    const elicitationId = randomUUID();
    const complete = server.createElicitationCompletionNotifier(elicitationId);
    done.then(complete).catch(() => undefined);
    try {
      return await elicit(
        { mode: "url", url: link.url, message: link.message, elicitationId },
        { relatedRequestId: extra.requestId },
      );
    } catch (error) {
      return noAnswer(error);
    }
  };

  const roots = async (extra: Extra): Promise<string[]> => {
    try {
      const limits = { timeout: ROOTS_TIMEOUT_MS, signal: extra.signal, relatedRequestId: extra.requestId };
      // The MCP library's own schema refuses all roots for one that is no file: a remote folder, say.
      const listed = await server.request({ method: "roots/list" }, ResultSchema, limits);
      const list = Array.isArray(listed.roots) ? listed.roots : [];
      return foldersOf(list.flatMap((root) => (isObject(root) && typeof root.uri === "string" ? [root.uri] : [])));
    } catch (error) {
      extra.signal.throwIfAborted();
      log.warn("the client did not list its roots", faultFields(error));
      return [];
    }
  };

  const reportFor = ({ _meta, signal, sendNotification }: Extra): ProgressReport | undefined => {
    const progressToken = _meta?.progressToken;
    if (progressToken === undefined) return undefined;
    const send = (progress: number, message: string) => {
      if (signal.aborted) return;
      const params = { progressToken, progress, message };
      sendNotification({ method: "notifications/progress", params }).catch(() => undefined);
    };
    return new ProgressReport(send, options.every);
  };
  const callerOf = (extra: Extra, report: ProgressReport | undefined): Caller => {
    const capabilities = server.getClientCapabilities();
    const elicitation = capabilities?.elicitation;
    const waiting = <T>(what: string, until: Promise<T>) => report?.waiting(what, until) ?? until;
    const canAsk = elicitation && (elicitation.form || !elicitation.url);
    return {
      signal: extra.signal,
      ask: canAsk ? (message) => waiting("Waiting for a person's answer", ask(message, extra)) : undefined,
      showLink: elicitation?.url ? (link, done) => showLink(link, done, extra) : undefined,
      openBrowser: options.openBrowser,
      waiting,
      roots: capabilities?.roots ? () => roots(extra) : undefined,
      progress: report && ((message) => report.say(message)),
    };
  };
  const invoke = async ({ params }: CallToolRequest, extra: Extra): Promise<Outcome> => {
    let loaded: Invoker;
    try {
      loaded = await ready();
    } catch (error) {
      log.error("could not load what calls need", { error });
      return { error: notLoaded(error) };
    }
    const report = reportFor(extra);
    try {
      return await loaded.invoke(params.name, params.arguments, callerOf(extra, report));
    } finally {
      report?.end();
    }
  };
  server.setRequestHandler(CallToolRequestSchema, async (request, extra) => {
    // Initialization is the first interaction (MCP, "Lifecycle"); before it nobody knows whether a person can be asked.
    if (!server.getClientVersion()) throw new McpError(ErrorCode.InvalidRequest, NOT_INITIALIZED);
    return toResult(await invoke(request, extra), options.orgUrl, options.structuredContent);
  });

  const names = () =>
    visible()
      .map((tool) => tool.name)
      .join();
  let listed = names();
  let connected = false;
  const stopListening = session.onChange(() => {
    const now = names();
    if (!connected || now === listed) return;
    listed = now;
    server.sendToolListChanged().catch((error: unknown) => log.debug("list_changed not sent", faultFields(error)));
  });

  const result: OktaMcpServer = {
    async connect(transport) {
      await server.connect(transport);
      // The answer to an `initialize` that waits already leaves in the first turn; the list is made ready after it.
      setImmediate(() =>
        setImmediate(() => {
          catalogue.definitions([]).catch((error: unknown) => log.warn("could not load the list of tools", { error }));
        }),
      );
    },
    close: () => server.close(),
    onClose: undefined,
  };
  server.oninitialized = () => {
    connected = true;
    listed = names();
    loadAfter(LIST_WAIT_MS);
  };
  server.onclose = () => {
    connected = false;
    clearTimeout(loading);
    stopListening();
    result.onClose?.();
  };
  server.onerror = (error) => log.debug("protocol error", faultFields(error));
  return result;
}
