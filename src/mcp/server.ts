import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type CallToolRequest,
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from "@modelcontextprotocol/sdk/types.js";
import type { Session } from "../auth/session.js";
import type { HoldingCaller } from "../call/caller.js";
import type { Invoker, Settled } from "../call/invoke.js";
import type { LazyInvoker } from "../call/lazy-invoker.js";
import type { ToolListing } from "../catalogue/catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import { type AnswerOptions, callAnswer } from "./call-answer.js";
import { ClientQuestions, type ClientQuestionsOptions, type Extra } from "./client-questions.js";
import { formAnswers } from "./form-answers.js";
import { instructionsFor } from "./instructions.js";
import { LoadAhead } from "./load-ahead.js";
import { type Every, type ProgressReport, progressOf } from "./progress.js";
import { faultFields } from "./protocol-fault.js";
import { VisibleTools } from "./visible-tools.js";

/**
 * The time that a client has to ask for the tools before the parts for calls are loaded. Loading them stops everything
 * else.
 */
const LIST_WAIT_MS = 100;

export interface ServerOptions extends AnswerOptions, Omit<ClientQuestionsOptions, "log"> {
  /** The tools in the form for a list. */
  catalogue: ToolListing;
  /** Decides which tools are on. Its maker closes it. */
  session: Session;
  /** The one path of calls. It outlives the connection, and several connections may share it. */
  calls: LazyInvoker;
  version: string;
  log: Log;
  /** Opens the system's browser for a sign-in. True when one was started. */
  openBrowser?: ((url: string) => Promise<boolean>) | undefined;
  /** The timer for the reports during a call. */
  every?: Every | undefined;
  /**
   * Loads the parts for the first call. It runs, and an earlier sign-in is restored, once the client has the list of
   * tools or lets time pass.
   */
  warmUp?: (() => Promise<unknown>) | undefined;
}

/** A server for one client. */
export interface OktaMcpServer {
  /** Serves until the transport closes. */
  connect(transport: Transport): Promise<void>;
  /** Ends running calls and closes the transport. The caller closes the session. */
  close(): Promise<void>;
  /** Set by the caller. It is called when the client has gone. */
  onClose: (() => void) | undefined;
}

const NOT_INITIALIZED = "Nothing was done: a session begins with initialize. Send that first, then call again.";

/** The system's message names files of this machine, so only the log has it. */
function notLoaded(cause: unknown): OktaMcpError {
  return new OktaMcpError("bug", "A part of okta-mcp could not be loaded. Nothing was sent to Okta.", {
    fix: "Repeat the call; if it fails again, restart the server, then install okta-mcp anew. Its log has the reason.",
    cause,
  });
}

/** The MCP library's server, without handlers. */
function protocolServer(version: string, instructions: string): Server {
  const server = new Server(
    { name: "okta-mcp", title: "Okta administration", version },
    { capabilities: { tools: { listChanged: true } }, instructions, jsonSchemaValidator: formAnswers },
  );
  // Clients made with this library take the id 0 in a cancellation for none, and would show a withdrawn question on.
  // biome-ignore lint/complexity/useLiteralKeys: The library keeps it private; so the compiler still checks the name.
  server["_requestMessageId"] = 1;
  return server;
}

/**
 * Makes the MCP server: `tools/list` and `tools/call` over the one path of a call.
 * It answers `initialize` and `tools/list` from memory, whatever the state of sign-in.
 */
export function createServer(options: ServerOptions): OktaMcpServer {
  const { catalogue, session, calls, log } = options;
  const tools = new VisibleTools(catalogue, session);
  const server = protocolServer(options.version, instructionsFor(tools.cards()));
  const ahead = new LoadAhead(options);
  const questions = new ClientQuestions(server, options);

  server.setRequestHandler(ListToolsRequestSchema, async ({ params }) => {
    if (params?.cursor) throw new McpError(ErrorCode.InvalidParams, "The list of tools has one page, and no cursor.");
    const definitions = await tools.definitions();
    // The answer has left by then.
    if (!calls.begun) ahead.after(1);
    return { tools: definitions };
  });
  server.setRequestHandler(CallToolRequestSchema, async (request, extra) => {
    // Initialization is the first interaction (MCP, "Lifecycle"); before it nobody knows whether a person can be asked.
    if (!server.getClientVersion()) throw new McpError(ErrorCode.InvalidRequest, NOT_INITIALIZED);
    return callAnswer(await makeCall(request, extra, questions, options), options);
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
    tools.watch(() => {
      server.sendToolListChanged().catch((error: unknown) => log.debug("list_changed not sent", faultFields(error)));
    });
    ahead.after(LIST_WAIT_MS);
  };
  server.onclose = () => {
    tools.unwatch();
    ahead.stop();
    result.onClose?.();
  };
  server.onerror = (error) => log.debug("protocol error", faultFields(error));
  return result;
}

/** Makes one call and reports on it. Never rejects. */
async function makeCall(
  { params }: CallToolRequest,
  extra: Extra,
  questions: ClientQuestions,
  { calls, log, every, openBrowser }: ServerOptions,
): Promise<Settled> {
  let invoker: Invoker;
  try {
    invoker = await calls.ready();
  } catch (error) {
    log.error("could not load what calls need", { error });
    return { error: notLoaded(error) };
  }
  const report = progressOf(extra, every);
  try {
    const caller = { openBrowser, ...callerOf(extra, questions, report) };
    return await invoker.invoke(params.name, params.arguments, caller);
  } finally {
    report?.end();
  }
}

/** The client and the person behind it, for the time of one request. */
function callerOf(extra: Extra, questions: ClientQuestions, report: ProgressReport | undefined): HoldingCaller {
  const { ask, showLink, roots } = questions.during(extra);
  const waiting = <T>(what: string, until: Promise<T>) => report?.waiting(what, until) ?? until;
  return {
    signal: extra.signal,
    ask: ask && ((message) => waiting("Waiting for a person's answer", ask(message))),
    showLink,
    waiting,
    roots,
    progress: report && ((message) => report.say(message)),
  };
}
