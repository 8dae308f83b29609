import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { type AdapterOptions, CAPABILITIES, ONE_PAGE, reported } from "./adapter.js";
import { ClientQuestions } from "./client-questions.js";
import { formAnswers } from "./form-answers.js";
import { faultFields, faultLogger } from "./protocol-fault.js";
import { completionOf, contentsOf } from "./resource-answers.js";
import type { McpService } from "./service.js";

const NOT_INITIALIZED =
  "Nothing was done: a session begins with initialize. Send that first, then call again, or send the request as MCP 2026-07-28 has it.";

/** The code for a URI of no resource (MCP 2025-11-25, "Resources", section Error Handling). */
const RESOURCE_NOT_FOUND = -32002;

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

/** Brings what can be read beside tools to the library's server. */
function serveResources(server: Server, { resources }: McpService): void {
  const onePage = (params: { cursor?: string | undefined } | undefined) => {
    if (params?.cursor) throw new McpError(ErrorCode.InvalidParams, ONE_PAGE);
  };
  server.setRequestHandler(ListResourcesRequestSchema, async ({ params }) => {
    onePage(params);
    return { resources: [...(await resources.list())] };
  });
  server.setRequestHandler(ListResourceTemplatesRequestSchema, async ({ params }) => {
    onePage(params);
    return { resourceTemplates: [...(await resources.templates())] };
  });
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params }) => {
    const answer = await contentsOf(resources, params.uri);
    if (!("fault" in answer)) return answer;
    const { kind, message, data } = answer.fault;
    throw new McpError(kind === "not_found" ? RESOURCE_NOT_FOUND : ErrorCode.InternalError, message, data);
  });
  server.setRequestHandler(CompleteRequestSchema, ({ params }) => completionOf(resources, params));
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

  serveResources(server, service);
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
