import {
  type CallToolResult,
  type InputRequiredResult,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type Tool,
  type Transport,
} from "@modelcontextprotocol/server";
import { type StdioServerHandle, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Outcome } from "../call/invoke.js";
import type { OktaMcpError } from "../errors/index.js";
import { type AdapterOptions, CAPABILITIES, ONE_PAGE, reported } from "./adapter.js";
import { DISCOVER_TTL_MS } from "./discover.js";
import { formAnswers } from "./form-answers.js";
import { readable } from "./json-rpc.js";
import { faultLogger } from "./protocol-fault.js";
import { completionOf, contentsOf } from "./resource-answers.js";
import { callerOf, roundResult } from "./rounds.js";
import type { McpService } from "./service.js";

/** The life of the list of tools for a client. A sign-in may change it, which a client that listens is told. */
const TOOLS_TTL_MS = 60_000;

/** The life of a text and of the lists of texts. The settings of a company may change while its server runs. */
const RESOURCES_HINT = { ttlMs: 60_000, cacheScope: "private" } as const;

const WRONG_STATE =
  "Nothing was done: the requestState was not given out by this server for whoever is signed in. Make the call again without it.";

/**
 * The MCP library's server of the stateless revision, with the service behind it. It keeps nothing of a request, so that
 * one server may serve one request or any number of them.
 */
export function modernServer(service: McpService, options: AdapterOptions): Server {
  const server = new Server(service.identity, {
    capabilities: CAPABILITIES,
    instructions: service.instructions,
    jsonSchemaValidator: formAnswers,
    cacheHints: {
      "tools/list": { ttlMs: TOOLS_TTL_MS, cacheScope: "private" },
      "resources/list": RESOURCES_HINT,
      "resources/templates/list": RESOURCES_HINT,
      "resources/read": RESOURCES_HINT,
      "server/discover": { ttlMs: DISCOVER_TTL_MS, cacheScope: "private" },
    },
  });
  server.setRequestHandler("tools/list", async ({ params }) => {
    onePage(params);
    // The library's type of a schema lists its values; the definitions come from JSON and are none else.
    return { tools: (await service.tools()) as Tool[] };
  });
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const { signal, notify, _meta: meta, envelope } = context.mcpReq;
    return reported({ signal, meta, notify }, options, async (parts) => {
      const outcome = await service.invoke(params.name, params.arguments, callerOf(context, parts, options));
      return answerOf(outcome, service, envelope !== undefined);
    });
  });
  serveResources(server, service);
  server.onerror = faultLogger(options.log);
  return server;
}

/** @throws ProtocolError for a list that is asked for page by page */
function onePage(params: { cursor?: string | undefined } | undefined): void {
  if (params?.cursor) throw new ProtocolError(ProtocolErrorCode.InvalidParams, ONE_PAGE);
}

/** Brings what can be read beside tools to the library's server. */
function serveResources(server: Server, { resources }: McpService): void {
  server.setRequestHandler("resources/list", async ({ params }) => {
    onePage(params);
    return { resources: [...(await resources.list())] };
  });
  server.setRequestHandler("resources/templates/list", async ({ params }) => {
    onePage(params);
    return { resourceTemplates: [...(await resources.templates())] };
  });
  server.setRequestHandler("resources/read", async ({ params }) => {
    const answer = await contentsOf(resources, params.uri);
    if (!("fault" in answer)) return answer;
    const { kind, message, data } = answer.fault;
    // MCP 2026-07-28 has no code of its own for a URI of no resource. Clients of earlier revisions that come here over
    // HTTP get the same: the library turns the code of theirs into it.
    const code = kind === "not_found" ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
    throw new ProtocolError(code, message, data);
  });
  server.setRequestHandler("completion/complete", ({ params }) => completionOf(resources, params));
}

/** As `modernServer`, for one request over HTTP. The MCP library brings its own transport there. */
export function modernServerOverHttp(service: McpService, options: AdapterOptions): Server {
  const server = modernServer(service, { ...options, isRemote: true });
  const connect = server.connect.bind(server);
  server.connect = (transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, sendOptions) => send(readable(message), sendOptions);
    return connect(transport);
  };
  return server;
}

/**
 * The answer to a call.
 * @throws ProtocolError for a state that is none of this server, and for a client that has to be able to ask and is not
 */
function answerOf(outcome: Outcome, service: McpService, isModern: boolean): CallToolResult | InputRequiredResult {
  if ("needs" in outcome) return roundResult(outcome);
  if ("wrongState" in outcome) throw new ProtocolError(ProtocolErrorCode.InvalidParams, WRONG_STATE);
  if (isModern && "error" in outcome && hasToAsk(outcome.error)) {
    const { message, fix } = outcome.error;
    const requiredCapabilities = { elicitation: { form: {} } };
    throw new MissingRequiredClientCapabilityError({ requiredCapabilities }, `${message} ${fix}`);
  }
  return service.answer(outcome);
}

/** True for the refusal of a call that needs a person's answer, which the client has not declared that it can bring. */
function hasToAsk({ code, data }: OktaMcpError): boolean {
  return code === "declined" && data?.answer === "unsupported";
}

/** Serves a service to a client of MCP 2026-07-28 over a connection that stays, such as stdin and stdout. */
export function serveModern(service: McpService, transport: Transport, options: AdapterOptions): StdioServerHandle {
  const onerror = faultLogger(options.log);
  const factory = () => {
    const server = modernServer(service, options);
    const unwatch = service.onToolsChanged(() => {
      server.sendToolListChanged().catch(onerror);
    });
    server.onclose = unwatch;
    return server;
  };
  return serveStdio(factory, { legacy: "reject", transport, onerror });
}
