import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { headersOf, readBody } from "../arriving.js";
import { deliver } from "../deliver.js";
import { HR_AUDIENCE, HR_SERVER_ID } from "../facts.js";
import { createFaultScript, type FaultScript } from "../fault.js";
import type { Org } from "../org.js";
import { createRecorder, type Recorder } from "../recorder.js";
import type { SandboxReply } from "../route.js";
import { createRouter } from "../router.js";
import { standInFor } from "../stand-in.js";
import { inputCheck } from "./check-input.js";
import { checkScope, type TrustedIssuer, tokenCheck } from "./check-token.js";
import { hrDocument } from "./document.js";
import type { Operation } from "./operation.js";
import { OPERATIONS } from "./operations.js";
import { Problem } from "./problem.js";
import { staffOf } from "./staff.js";
import { createTimeOffBook } from "./time-off.js";

/** The largest body that a request may have. */
const MAX_BODY_BYTES = 64 * 1024;

export interface PracticeApiOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** The authorization servers whose tokens count. Default: the org's own server for this API. */
  trusted?: readonly TrustedIssuer[];
  /** The number of requests that are kept; the oldest go first. Default 10,000. */
  keepRequests?: number;
}

/** A practice API that listens. */
export interface PracticeApi extends Pick<Recorder, "requests" | "arrival" | "count" | "forgetCounts"> {
  /** e.g. `http://127.0.0.1:39212`. It is the API's base address. */
  readonly origin: string;
  /** Scripts faults; see `FaultScript.next`. */
  readonly next: FaultScript["next"];
  readonly clearFaults: () => void;
  /** Stops listening and cuts every connection. */
  readonly close: () => Promise<void>;
}

/** The org's own authorization server for this API. */
export function exampleIssuer(org: Org): TrustedIssuer {
  return { issuer: `${org.origin}/oauth2/${HR_SERVER_ID}`, audience: HR_AUDIENCE };
}

/**
 * Starts an API of a pretend company on 127.0.0.1: HR, for the people of `org`. It is a service of its own, which knows
 * of the org only what its tokens say and what its people are called.
 * @throws Error of `node:net` when the port is taken
 */
export async function startPracticeApi(org: Org, options: PracticeApiOptions = {}): Promise<PracticeApi> {
  const { port = 0, keepRequests = 10_000 } = options;
  const { trusted = [exampleIssuer(org)] } = options;
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The practice API listens on no port.");
  const origin = `http://127.0.0.1:${address.port}`;

  const faults = createFaultScript();
  const recorder = createRecorder(keepRequests);
  const document = hrDocument(exampleIssuer(org).issuer, origin);
  const answer = createAnswer(org, trusted, document);

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const rawBody = await readBody(incoming, MAX_BODY_BYTES);
    if (rawBody === undefined) {
      deliver(response, new Problem(413, "The body is too large").reply, undefined);
      return;
    }
    const method = incoming.method ?? "GET";
    const url = new URL(`${origin}${incoming.url ?? "/"}`);
    const headers = headersOf(incoming);
    const request = recorder.record(incoming, url, headers, rawBody);
    const fault = faults.take(method, url.pathname);
    const standIn = fault && standInFor(fault);
    const own =
      standIn === undefined || standIn.performed ? await answer({ method, url, headers, rawBody }) : undefined;
    const reply = standIn?.reply ?? own ?? { status: 500 };
    request.status = deliver(response, fault && "rewrite" in fault ? fault.rewrite(reply) : reply, fault);
  }

  server.on("request", (incoming, response) => {
    // A client that leaves in the middle of its request needs no answer.
    serve(incoming, response).catch(() => response.destroy());
  });

  const { requests, arrival, count, forgetCounts } = recorder;
  return {
    origin,
    requests,
    arrival,
    count,
    forgetCounts,
    next: faults.next,
    clearFaults: faults.clear,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Arrived {
  method: string;
  url: URL;
  headers: Headers;
  rawBody: Buffer;
}

/** Takes a request through the checks of its operation, in this order: token, scope, values. It never throws. */
function createAnswer(org: Org, trusted: readonly TrustedIssuer[], document: unknown) {
  const staff = staffOf(org);
  const timeOff = createTimeOffBook(org.now);
  const holderOf = tokenCheck(trusted, org.now);
  const router = createRouter(
    OPERATIONS.map((operation) => {
      const check = inputCheck(operation);
      return {
        method: operation.method,
        template: operation.path,
        async handle({ url, headers, params, rawBody }) {
          const holder = await admit(operation, headers);
          const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
          const { values, body } = check(params, url.searchParams, { type, rawBody });
          return operation.handle({ values, body, holder, staff, timeOff });
        },
      };
    }),
  );

  async function admit({ access }: Operation, headers: Headers) {
    if (access === "open") return undefined;
    const holder = await holderOf(headers);
    if (access !== "signed in") checkScope(holder, access);
    return holder;
  }

  function route({ method, url }: Arrived) {
    const found = router.match(method, url.pathname);
    if (found !== undefined) return found;
    const others = OPERATIONS.map((one) => one.method).filter((one) => router.match(one, url.pathname) !== undefined);
    if (others.length === 0) throw new Problem(404, "Not Found");
    throw new Problem(405, "Method Not Allowed", { Allow: [...new Set(others)].join(", ") });
  }

  return async (arrived: Arrived): Promise<SandboxReply> => {
    try {
      if (arrived.url.pathname === "/openapi.json" && arrived.method === "GET") return { status: 200, json: document };
      const { route: found, params } = route(arrived);
      const { url } = arrived;
      const rest = { json: undefined, form: new URLSearchParams(), maxPageItems: undefined, caller: undefined };
      return await found.handle({ ...arrived, params, query: url.searchParams, ...rest });
    } catch (error) {
      if (error instanceof Problem) return error.reply;
      if (error instanceof URIError) return new Problem(400, "The path has a broken percent escape").reply;
      return { status: 500, json: { detail: "Internal Server Error" } };
    }
  };
}
