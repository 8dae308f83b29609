import type { Outcome } from "../call/invoke.js";
import type { McpService } from "../mcp/service.js";
import { isOfReference, type ResourceService } from "../resources/resource-service.js";
import type { ResourceText } from "../resources/resource-source.js";
import type { Observation, Watch } from "../watch/observer.js";
import type { TraceContext } from "../watch/trace-context.js";
import type { RunningRequests } from "./running-requests.js";

export interface WatchedCallsOptions extends Watch {
  requests: Pick<RunningRequests, "inSpan">;
  /** True for the name of a tool that there is. */
  isTool(name: string): boolean;
}

/** Watches the calls of tools and the reading of texts: how long each takes and what comes of it. */
export class WatchedCalls {
  readonly #options: WatchedCallsOptions;

  constructor(options: WatchedCallsOptions) {
    this.#options = options;
  }

  /** A service whose calls are watched. @param parent what the client says of its trace */
  of(service: McpService, parent: TraceContext | undefined): McpService {
    const invoke = (...args: Parameters<McpService["invoke"]>): Promise<Outcome> =>
      this.#watched(args[0], parent, () => service.invoke(...args));
    const read = (uri: string) => this.#read(uri, parent, () => service.resources.read(uri));
    const resources: ResourceService = { ...service.resources, read };
    return Object.create(service, { invoke: { value: invoke }, resources: { value: resources } }) as McpService;
  }

  /** Nobody learns by the numbers which text of the settings it was. */
  async #read(
    uri: string,
    parent: TraceContext | undefined,
    read: () => Promise<ResourceText | undefined>,
  ): Promise<ResourceText | undefined> {
    const { observer, tracing, requests } = this.#options;
    const startedAtMs = performance.now();
    const source = isOfReference(uri) ? "reference" : "settings";
    const attributes = { "mcp.method.name": "resources/read" };
    const span = tracing?.begin({ name: `resources/read ${source}`, kind: "server", parent, attributes });
    const ids = span?.ids ?? parent;
    const ended = (outcome: Extract<Observation, { kind: "resource_read" }>["outcome"]) => {
      observer.note({ kind: "resource_read", source, outcome, ms: performance.now() - startedAtMs });
      span?.end({ hasFailed: outcome === "failed", attributes: { "okta_mcp.outcome": outcome } });
    };
    const inSpan = () => (span === undefined ? read() : span.run(read));
    try {
      const text = await (ids === undefined ? inSpan() : requests.inSpan(ids, inSpan));
      ended(text === undefined ? "not_found" : "done");
      return text;
    } catch (error) {
      ended("failed");
      throw error;
    }
  }

  async #watched(name: string, parent: TraceContext | undefined, call: () => Promise<Outcome>): Promise<Outcome> {
    const { observer, tracing, requests, isTool } = this.#options;
    const startedAtMs = performance.now();
    const tool = isTool(name) ? name : "unknown";
    const span = tracing?.begin({
      name: `tools/call ${tool}`,
      kind: "server",
      parent,
      attributes: { "mcp.method.name": "tools/call", "gen_ai.tool.name": tool },
    });
    const ids = span?.ids ?? parent;
    const inSpan = () => (span === undefined ? call() : span.run(call));
    const outcome = await (ids === undefined ? inSpan() : requests.inSpan(ids, inSpan));
    const how = outcomeName(outcome);
    observer.note({ kind: "tool_call", tool, outcome: how, ms: performance.now() - startedAtMs });
    span?.end({ hasFailed: "error" in outcome, attributes: { "okta_mcp.outcome": how } });
    return outcome;
  }
}

/** What came of a call: `done`, `asks` where a person is asked first, or the code of the error. */
function outcomeName(outcome: Outcome): string {
  if ("error" in outcome) return outcome.error.code;
  if ("result" in outcome) return "done";
  return "needs" in outcome ? "asks" : "wrong_state";
}
