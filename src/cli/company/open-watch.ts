import { createRequire } from "node:module";
import { join } from "node:path";
import type { Log } from "../../log.js";
import type { ServeFile } from "../../people/serve-fields.js";
import type { Store } from "../../store/open-store.js";
import type { Tool } from "../../tool.js";
import type { Metrics } from "../../watch/metrics.js";
import { type Observer, observers, type Tracing, type Watch } from "../../watch/observer.js";
import { hasTracerProvider, type OpenTelemetry } from "../../watch/traces.js";
import { portError } from "../port.js";
import { version } from "../version.js";
import type { CompanyServer } from "./company-server.js";
import { isToolWith } from "./own-tools.js";

/** Those who look at a server, and the address at which they tell what they see. */
export interface OpenWatch extends Watch {
  /** Begins to tell the numbers of a server that has started. @returns the way to end it */
  tell(server: CompanyServer, store: Store): Promise<() => Promise<void>>;
}

export interface OpenWatchOptions {
  metrics: ServeFile["metrics"];
  /** The tools of the company's APIs. */
  apiTools: readonly Pick<Tool, "name">[];
  /** The number of requests that run. */
  inFlight(): number;
  log: Log;
}

/** Opens what serve.json and the operator's OpenTelemetry ask for, and loads nothing else. */
export async function openWatch({ metrics: listen, apiTools, inFlight, log }: OpenWatchOptions): Promise<OpenWatch> {
  const metrics =
    listen && new (await import("../../watch/metrics.js")).Metrics({ isTool: isToolWith(apiTools), inFlight });
  const tracing = await openTraces(log);
  const all: Observer[] = [metrics, tracing].filter((one) => one !== undefined);
  return {
    observer: observers(all),
    tracing,
    async tell(server, store) {
      if (metrics === undefined || listen === undefined) return async () => {};
      return tellMetrics({ metrics, listen, server, store, log });
    },
  };
}

interface TellMetricsOptions {
  metrics: Metrics;
  listen: NonNullable<ServeFile["metrics"]>;
  server: CompanyServer;
  store: Store;
  log: Log;
}

async function tellMetrics({ metrics, listen, server, store, log }: TellMetricsOptions): Promise<() => Promise<void>> {
  metrics.follow({
    activeGrants: () => store.counts.grants(),
    isReady: async () => (await server.readiness()).status === 200,
    isOktaUp: () => !server.isOktaDown(),
  });
  const { startMetricsServer } = await import("../../watch/metrics-server.js");
  const { address, close } = await startMetricsServer({
    listen,
    metrics: () => metrics.text(),
    readiness: () => server.readiness(),
    log,
  }).catch((error: NodeJS.ErrnoException) => {
    throw portError(listen.port, error, "Free it, or choose another metrics.port in serve.json.");
  });
  log.info("telling numbers", { address: `${address}/metrics` });
  return close;
}

async function openTraces(log: Log): Promise<Tracing | undefined> {
  if (!hasTracerProvider()) return undefined;
  const api = await openTelemetry();
  if (api === undefined) {
    log.warn(
      "A provider of OpenTelemetry is registered in this process, but its API was not found, so there are no spans. Install @opentelemetry/api beside okta-mcp, or start the server in the folder that has it.",
    );
    return undefined;
  }
  const { Traces } = await import("../../watch/traces.js");
  log.info("spans are made for the provider of OpenTelemetry that is registered");
  return new Traces(api, version());
}

/** The API that is installed beside this program, or in the folder in which it was started; undefined where none is. */
async function openTelemetry(): Promise<OpenTelemetry | undefined> {
  try {
    return await import("@opentelemetry/api");
  } catch {
    try {
      return createRequire(join(process.cwd(), "package.json"))("@opentelemetry/api") as OpenTelemetry;
    } catch {
      return undefined;
    }
  }
}
