import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import { type AdapterOptions, CAPABILITIES, ONE_PAGE, reported } from "./adapter.js";
import { ClientQuestions } from "./client-questions.js";
import { formAnswers } from "./form-answers.js";
import { faultFields, faultLogger } from "./protocol-fault.js";
import type { McpService } from "./service.js";

const NOT_INITIALIZED =
  "Nothing was done: a session begins with initialize. Send that first, then call again, or send the request as MCP 2026-07-28 has it.";

/** One connection of a client that begins with `initialize` (MCP 2025-11-25 and earlier). */
export interface LegacyServer {
  /** Serves until the transport closes. */
  connect(transport: Transport): Promise<void>;
  /** Ends running calls and closes the transport. */
  close(): Promise<void>;
}

/** The MCP library's server, without handlers. */
function protocolServer({ identity, instructions }: McpService): Server {
  const server = new Server(identity, {
    capabilities: CAPABILITIES,
    instructions,
    jsonSchemaValidator: formAnswers,
  });
  // Clients made with this library take the id 0 in a cancellation for none, and would show a withdrawn question on.
  // biome-ignore lint/complexity/useLiteralKeys: The library keeps it private; so the compiler still checks the name.
  server["_requestMessageId"] = 1;
  return server;
}

/** Brings a service to a client of MCP 2025-11-25 or earlier, which is asked during its calls. */
export function legacyServer(service: McpService, options: AdapterOptions): LegacyServer {
  const { log } = options;
  const server = protocolServer(service);
  const questions = new ClientQuestions(server, options);
  let unwatch = () => {};

  server.setRequestHandler(ListToolsRequestSchema, async ({ params }) => {
    if (params?.cursor) throw new McpError(ErrorCode.InvalidParams, ONE_PAGE);
    return { tools: await service.tools() };
  });
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    // Initialization is the first interaction (MCP, "Lifecycle"); before it nobody knows whether a person can be asked.
    if (!server.getClientVersion()) throw new McpError(ErrorCode.InvalidRequest, NOT_INITIALIZED);
    const { signal, _meta: meta, sendNotification: notify } = extra;
    return reported({ signal, meta, notify }, options, async (parts) => {
      const caller = { ...parts, ...questions.during(extra, parts.waiting) };
      return service.answer(await service.invoke(params.name, params.arguments, caller));
    });
  });

  server.oninitialized = () => {
    unwatch();
    unwatch = service.onToolsChanged(() => {
      server.sendToolListChanged().catch((error: unknown) => log.debug("list_changed not sent", faultFields(error)));
    });
    service.begun();
  };
  server.onclose = () => unwatch();
  server.onerror = faultLogger(log);
  return server;
}
