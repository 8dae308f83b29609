import type { IncomingMessage } from "node:http";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { createMcpHandler, type McpHttpHandler } from "@modelcontextprotocol/server";
import type { McpScopes } from "../issuer/own-scopes.js";
import type { Log } from "../log.js";
import type { AdapterOptions } from "../mcp/adapter.js";
import { readable, readMessage } from "../mcp/json-rpc.js";
import { modernServerOverHttp } from "../mcp/modern.js";
import { faultFields } from "../mcp/protocol-fault.js";
import type { McpService } from "../mcp/service.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { StoreNews } from "../store/store-news.js";
import type { TokenHolder, TokenVerifier } from "../verify/token-verifier.js";
import { type TraceContext, traceContextOf } from "../watch/trace-context.js";
import { CallsAtOnce } from "./calls-at-once.js";
import { checkHead, type GateOptions, type RequestHead, tooLarge } from "./gate.js";
import { readBody } from "./mcp-body.js";
import { brokenOff, inDoubt, tooMany } from "./mcp-refusals.js";
import type { RefusalRecord, RefusedRequest } from "./refusal-record.js";
import { challenge, type HttpRefusal, MCP_PATH, refusal } from "./refusals.js";
import { RunningAccess } from "./running-access.js";
import { RunningCalls, Shared } from "./running-calls.js";
import type { RunningRequests } from "./running-requests.js";
import { Subscriptions } from "./subscriptions.js";
import type { WatchedCalls } from "./watched-calls.js";
import type { WebCaller } from "./web-caller.js";

export interface McpEndpointOptions {
  gate: GateOptions;
  /** Undefined where scopes of tokens do not decide on reading and writing. */
  scopes: McpScopes | undefined;
  verifier: TokenVerifier;
  roles(): readonly Role[];
  atOnce: CallsAtOnce;
  /** The address from which a request comes. */
  addressOf(request: IncomingMessage): string;
  /** True for the name of a tool that does more than read. */
  writes(tool: string): boolean;
  /** The tools of a caller. It is asked for each request. */
  serviceOf(caller: WebCaller): Promise<McpService>;
  /** The person of a caller as of now; undefined where the person is not active any more, or the grant has ended. */
  personNow(caller: WebCaller): Promise<WebCaller["person"] | undefined>;
  /** Is told of each caller who is let in. */
  called(caller: TokenHolder): void;
  /** True for a caller of whom Okta has not said for long that they are there. They may read, and no longer write. */
  isInDoubt(caller: TokenHolder): boolean;
  /** What instances tell each other. */
  news: Pick<StoreNews, "subscribe">;
  /** Epoch milliseconds. */
  now(): number;
  /** What a call of a caller has besides, as the way to a page. */
  adapterFor(caller: WebCaller): AdapterOptions;
  refusals: RefusalRecord;
  calls: WatchedCalls;
  /** The names of requests. */
  requestIds: Pick<RunningRequests, "idOf">;
  log: Log;
}

/** A request, and how its sender learns that it has ended. */
export interface McpRequest {
  head: RequestHead;
  /** The request as it came. Its body is read here. */
  incoming: IncomingMessage;
  /** Calls back when the answer was sent or its receiver has gone. */
  onEnd(listener: () => void): void;
}

/** The refusals of tokens that are kept on record. That an issuer is out of reach is none. */
const REFUSED: Readonly<Record<string, RefusedRequest["why"]>> = {
  invalid: "invalid_token",
  forbidden: "forbidden",
  no_scope: "no_scope",
};

/** The most streams on which clients listen for changes. */
const SUBSCRIPTIONS = { perPerson: 20, inAll: 1_024 };

/** A request on its way through the library, which brings it to the server that is made for it. */
interface Served {
  caller: WebCaller;
  requestId: string;
  /** The place among the requests at once. A call keeps it until it has ended, whoever waits for it. */
  place: Shared;
  /** What the client says of its trace. */
  trace: TraceContext | undefined;
}

/** The endpoint of MCP over HTTP, for both revisions and without sessions: any request may reach any instance. */
export class McpEndpoint {
  readonly #options: McpEndpointOptions;
  readonly #handler: McpHttpHandler;
  readonly #running = new RunningCalls();
  readonly #listening = new CallsAtOnce(SUBSCRIPTIONS);
  readonly #subscriptions: Subscriptions;
  readonly #access: RunningAccess;

  constructor(options: McpEndpointOptions) {
    this.#options = options;
    const latest = (caller: WebCaller) => this.#latest(caller);
    this.#access = new RunningAccess({ ...options, latest });
    this.#subscriptions = new Subscriptions({
      // A stream ends with the token with which it was opened; a call that began before may come to its end.
      latest: async (caller) => (this.#hasExpired(caller) ? undefined : latest(caller)),
      toolNames: async (caller) => {
        const tools = await (await options.serviceOf(caller)).tools();
        return tools.map(({ name }) => name).join();
      },
      news: options.news,
      log: options.log,
    });
    this.#handler = createMcpHandler(
      async ({ authInfo }) => {
        const served = authInfo?.extra?.served as Served | undefined;
        if (served === undefined) throw new Error("A request came past the gate.");
        const { caller, requestId, place, trace } = served;
        const watched = options.calls.of(await options.serviceOf(caller), trace);
        const service = this.#running.of(watched, () => place.hold());
        return modernServerOverHttp(service, { ...options.adapterFor(caller), requestId });
      },
      {
        bus: this.#subscriptions,
        maxSubscriptions: SUBSCRIPTIONS.inAll,
        onerror: (error) => options.log.debug("protocol error", faultFields(error)),
      },
    );
  }

  async answer({ head, incoming, onEnd }: McpRequest): Promise<Response> {
    const { gate, atOnce } = this.#options;
    const checked = checkHead(head, gate);
    if ("refused" in checked) return asResponse(checked.refused);
    const [requestId, ip] = [this.#options.requestIds.idOf(incoming), this.#options.addressOf(incoming)];
    const found = await this.#callerOf(checked.token, ip, (refused) =>
      this.#options.refusals.note({ ...refused, requestId, ip }),
    );
    if ("refused" in found) return asResponse(found.refused);
    const { caller } = found;
    this.#options.called(caller);
    const taken = atOnce.take(caller.person.id);
    if ("full" in taken) return asResponse(tooMany(taken.full));
    const place = new Shared(taken.leave);
    const leave = place.hold();
    const gone = new AbortController();
    onEnd(() => {
      leave();
      gone.abort();
    });
    const body = await readBody(incoming, gate.maxBodyBytes);
    if ("problem" in body) return asResponse(body.problem === "too_large" ? tooLarge(gate.maxBodyBytes) : brokenOff());
    const received = readMessage(body.text);
    if (!("message" in received)) {
      this.#options.log.debug("protocol error", { problem: received.problem });
      const { id, error } = received.refusals[0] ?? INVALID_MESSAGE;
      // A batch has an answer for each of its requests, but this answer is to all of it.
      return Response.json(
        { jsonrpc: "2.0", id: received.refusals.length > 1 ? null : id, error },
        { status: 400, headers: NO_STORE },
      );
    }
    const { message } = received;
    const served = { caller, requestId, place, trace: traceOf(message) };
    if (isListening(message)) return this.#listen(head, message, served, { gone, leave, onEnd });
    return this.#mayNotWrite(message, caller) ?? this.#call(head, message, served, { gone, onEnd });
  }

  /** Serves a request until it has ended, or the access of its caller has. */
  #call(
    head: RequestHead,
    message: JSONRPCMessage,
    served: Served,
    { gone, onEnd }: { gone: AbortController } & Pick<McpRequest, "onEnd">,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const cut = () => {
        // What was already sent to Okta comes to its end, and is on record.
        gone.abort();
        resolve(asResponse(challenge(this.#options.gate, "invalid_token", "Your access ended during the call.")));
      };
      onEnd(this.#access.watch(served.caller, cut));
      this.#serve(head, message, served, gone.signal).then(resolve, reject);
    });
  }

  /** Ends the streams that would last for ever. */
  endSubscriptions(): void {
    this.#subscriptions.close();
  }

  /** Ends what runs. Resolves when the last call has ended: what it has sent to Okta is on record then. */
  async close(): Promise<void> {
    this.#access.close();
    await this.#handler.close();
    await this.#running.ended();
  }

  /** Opens a stream of changes. It takes no place of a call, and has a limit of its own. */
  #listen(
    head: RequestHead,
    message: JSONRPCMessage,
    served: Served,
    { gone, leave, onEnd }: { gone: AbortController; leave: () => void } & Pick<McpRequest, "onEnd">,
  ): Response | Promise<Response> {
    const taken = this.#listening.take(served.caller.person.id);
    if ("full" in taken) return asResponse(tooMany(taken.full));
    leave();
    onEnd(taken.leave);
    return this.#subscriptions.serve(served.caller, gone.signal, (signal) =>
      this.#serve(head, message, served, signal),
    );
  }

  #hasExpired({ grantId, expiresAtMs }: WebCaller): boolean {
    // The library that gives out our own tokens counts by the machine's clock.
    return expiresAtMs <= (grantId === undefined ? this.#options.now() : Date.now());
  }

  /** A caller as of now; undefined where nothing is allowed any more. */
  async #latest(caller: WebCaller): Promise<WebCaller | undefined> {
    const person = await this.#options.personNow(caller);
    const [first, ...more] = person === undefined ? [] : this.#rolesOf({ ...caller, person });
    return person === undefined || first === undefined ? undefined : { ...caller, person, roles: [first, ...more] };
  }

  #rolesOf({ person, machineRole }: Pick<TokenHolder, "person" | "machineRole">): Role[] {
    const roles = this.#options.roles();
    return machineRole === undefined ? rolesOf(roles, person.groups) : roles.filter(({ name }) => name === machineRole);
  }

  /** The refusal of a call that writes, for a caller who may only read (RFC 6750, section 3.1). */
  #mayNotWrite(message: JSONRPCMessage, caller: WebCaller): Response | undefined {
    const { gate, scopes, writes, isInDoubt } = this.#options;
    if (!("method" in message) || message.method !== "tools/call") return undefined;
    const name = message.params?.name;
    if (typeof name !== "string" || !writes(name)) return undefined;
    if (isInDoubt(caller)) return asResponse(inDoubt());
    if (caller.mayWrite || scopes === undefined) return undefined;
    const description = `${name} does more than read, and the token lacks ${scopes.write}. Nothing was done.`;
    return asResponse(challenge(gate, "insufficient_scope", description));
  }

  async #serve({ headers }: RequestHead, message: JSONRPCMessage, served: Served, signal: AbortSignal) {
    const { gate, scopes } = this.#options;
    const { clientId, expiresAtMs, mayWrite } = served.caller;
    // The token itself goes no further than the gate.
    const authInfo = {
      token: "",
      clientId,
      scopes: scopes === undefined ? [] : mayWrite ? [scopes.read, scopes.write] : [scopes.read],
      expiresAt: Math.floor(expiresAtMs / 1000),
      extra: { served },
    };
    const request = new Request(`${gate.publicUrl}${MCP_PATH}`, {
      method: "POST",
      headers: withBothTypes(headers),
      signal,
    });
    const response = await withReadableError(await this.#handler.fetch(request, { authInfo, parsedBody: message }));
    // Whether the connection stays is for the HTTP server to say; the library would keep it against the client's word.
    response.headers.delete("connection");
    return response;
  }

  async #callerOf(
    token: string,
    address: string,
    note: (refused: Pick<RefusedRequest, "why" | "person" | "client">) => void,
  ): Promise<{ caller: WebCaller } | { refused: HttpRefusal }> {
    const { verifier, gate, scopes, log } = this.#options;
    const holder = await verifier.verify(token, address);
    if ("refused" in holder) {
      const { refused } = holder;
      const strange = REFUSED[refused.kind];
      if (strange !== undefined) note({ why: strange });
      if (refused.kind === "invalid") return { refused: challenge(gate, "invalid_token", refused.why) };
      if (refused.kind === "no_scope") {
        return {
          refused: challenge(
            { ...gate, scopes: scopes === undefined ? [] : [scopes.read] },
            "insufficient_scope",
            refused.why,
          ),
        };
      }
      if (refused.kind === "forbidden") return { refused: refusal(403, "forbidden", refused.why) };
      const headers = { "retry-after": String(refused.retryAfterSeconds) };
      return { refused: refusal(503, "temporarily_unavailable", refused.why, headers) };
    }
    const [first, ...more] = this.#rolesOf(holder);
    if (first === undefined) {
      const { person, clientId: client } = holder;
      log.info("a request was refused", { fault: "no_role", person: person.id, client });
      note({ why: "no_role", person: person.id, client });
      return { refused: refusal(403, "no_role", "None of your groups has a role here. Ask who runs this server.") };
    }
    return { caller: { ...holder, roles: [first, ...more] } };
  }
}

/** The trace context in the envelope of a request. */
function traceOf(message: JSONRPCMessage): TraceContext | undefined {
  const meta = "method" in message ? message.params?._meta : undefined;
  return typeof meta === "object" && meta !== null ? traceContextOf(meta as Record<string, unknown>) : undefined;
}

/** True for a request whose answer lasts until its client or the server ends it. */
function isListening(message: JSONRPCMessage): boolean {
  return "method" in message && message.method === "subscriptions/listen";
}

const NO_STORE = { "cache-control": "no-store" };

/** The answer to an answer or notification that is none. Over HTTP every message has one. */
const INVALID_MESSAGE = {
  id: null,
  error: { code: -32600, message: "Invalid request: it is no valid answer or notification." },
};

/** The headers of a request, which takes both kinds of answers where it takes any, as curl's does. */
function withBothTypes(headers: Headers): Headers {
  const accept = headers.get("accept");
  const taken = new Headers(headers);
  if (accept === null || takesAny(accept)) taken.set("accept", "application/json, text/event-stream");
  // The token goes no further than the gate.
  taken.delete("authorization");
  taken.delete("cookie");
  return taken;
}

/** True for a list of media ranges that has the one for all (RFC 9110, section 12.5.1). */
function takesAny(accept: string): boolean {
  return accept.split(",").some((range) => range.split(";", 1)[0]?.trim() === "*/*");
}

/** The library's refusal of a request that it brought to no server, in the form for a client. */
async function withReadableError(response: Response): Promise<Response> {
  if (response.ok || !response.headers.get("content-type")?.startsWith("application/json")) return response;
  const { status, headers } = response;
  return Response.json(readable((await response.json()) as JSONRPCMessage), { status, headers });
}

function asResponse({ status, headers, body }: HttpRefusal): Response {
  return Response.json(body, { status, headers });
}
