import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { Session } from "../auth/session.js";
import type { Caller, HoldingCaller } from "../call/caller.js";
import type { Outcome, Settled } from "../call/invoke.js";
import type { LazyInvoker } from "../call/lazy-invoker.js";
import type { ToolDefinition, ToolListing } from "../catalogue/catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import { type ResourceService, resourceService } from "../resources/resource-service.js";
import type { ResourceSource } from "../resources/resource-source.js";
import { type AnswerOptions, callAnswer } from "./call-answer.js";
import { instructionsFor } from "./instructions.js";
import { LoadAhead } from "./load-ahead.js";
import { VisibleTools } from "./visible-tools.js";

/**
 * The time that a client has to ask for the tools before the parts for calls are loaded. Loading them stops everything
 * else.
 */
const LIST_WAIT_MS = 100;

export interface ServiceOptions extends AnswerOptions {
  /** The tools in the form for a list. */
  catalogue: ToolListing;
  /** Decides which tools are on. Its maker closes it. */
  session: Session;
  /** The one path of calls. It outlives the connection, and several connections may share it. */
  calls: LazyInvoker;
  /** The texts of the settings; undefined where there are none. */
  resources?: ResourceSource | undefined;
  version: string;
  log: Log;
  /**
   * Loads the parts for the first call. It runs, and an earlier sign-in is restored, once the client has the list of
   * tools or lets time pass.
   */
  warmUp?: (() => Promise<unknown>) | undefined;
}

/** What the server does, whatever protocol a client speaks: an adapter for each revision of MCP brings it to clients. */
export interface McpService {
  /** The server as it names itself (MCP, `Implementation`). */
  readonly identity: { name: string; title: string; version: string };
  /** How all tools are used, for a model. */
  readonly instructions: string;
  /** What can be read beside tools. */
  readonly resources: ResourceService;
  /** The tools that are on, always in the same order. */
  tools(): Promise<ToolDefinition[]>;
  /** Makes a call. Never rejects. */
  invoke(name: string, raw: unknown, caller: HoldingCaller): Promise<Settled>;
  invoke(name: string, raw: unknown, caller: Caller): Promise<Outcome>;
  /** The outcome of a call in the form for a client. */
  answer(outcome: Settled): CallToolResult;
  /** Calls back whenever other tools are on than before, until the returned function is called. */
  onToolsChanged(listener: () => void): () => void;
  /** To be called when a client has said that it begins. */
  begun(): void;
  /** Makes the list of tools ready, so that it need not be waited for. */
  prepare(): void;
  /** Ends what runs ahead of calls. */
  close(): void;
}

/** The system's message names files of this machine, so only the log has it. */
function notLoaded(cause: unknown): OktaMcpError {
  return new OktaMcpError("bug", "A part of okta-mcp could not be loaded. Nothing was sent to Okta.", {
    fix: "Repeat the call; if it fails again, restart the server, then install okta-mcp anew. Its log has the reason.",
    cause,
  });
}

/** The service of one connection: the tools of its session over the one path of a call. */
export function createService(options: ServiceOptions): McpService {
  const { catalogue, session, calls, log, version } = options;
  const visible = new VisibleTools(catalogue, session);
  const ahead = new LoadAhead(options);
  const invoke = async (name: string, raw: unknown, caller: Caller): Promise<Outcome> => {
    try {
      return await (await calls.ready()).invoke(name, raw, caller);
    } catch (error) {
      log.error("could not load what calls need", { error });
      return { error: notLoaded(error) };
    }
  };
  return {
    identity: { name: "okta-mcp", title: "Okta administration", version },
    instructions: instructionsFor(visible.cards()),
    resources: resourceService({ files: () => options.resources, tools: () => catalogue.entries, log }),
    async tools() {
      const definitions = await visible.definitions();
      // The answer has left by then.
      if (!calls.begun) ahead.after(1);
      return definitions;
    },
    invoke: invoke as McpService["invoke"],
    answer: (outcome) => callAnswer(outcome, options),
    onToolsChanged: (listener) => visible.watch(listener),
    begun: () => ahead.after(LIST_WAIT_MS),
    prepare() {
      catalogue.definitions([]).catch((error: unknown) => log.warn("could not load the list of tools", { error }));
    },
    close: () => ahead.stop(),
  };
}
