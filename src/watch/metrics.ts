import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Observation, Observer } from "./observer.js";

export interface MetricsOptions {
  /** True for the name of a tool that there is. All other names count as `unknown`. */
  isTool(name: string): boolean;
  /** The requests that run. */
  inFlight(): number;
}

/** What is looked at whenever the numbers are asked for. */
export interface Followed {
  /** What people have allowed clients and not ended. */
  activeGrants(): Promise<number>;
  /** True while this server can serve. */
  isReady(): Promise<boolean>;
  /** True while Okta answers, as far as requests have shown. */
  isOktaUp(): boolean;
}

const PREFIX = "okta_mcp_";
const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** The most values of one label. Beyond that all others count as one. */
const MAX_VALUES = 500;
/** The form of every value of a label. None of ours needs more, and none of a stranger's gets in. */
const VALUE = /^[\w .:/{}*-]{1,120}$/;

/** Keeps the values of a label few and plain, whatever a mistake elsewhere might hand on. */
class LabelValues {
  readonly #known = new Set<string>();

  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= MAX_VALUES || !VALUE.test(value)) return "other";
    this.#known.add(value);
    return value;
  }
}

/** The numbers of a running server, in the form of Prometheus. No label tells who does something. */
export class Metrics implements Observer {
  readonly #options: MetricsOptions;
  readonly #registry = new Registry();
  readonly #registers = [this.#registry];
  readonly #routes = new LabelValues();
  readonly #buckets = new LabelValues();
  readonly #reasons = new LabelValues();
  readonly #outcomes = new LabelValues();
  readonly #requests = this.#counter("http_requests_total", "HTTP requests that were answered.", ["route", "status"]);
  readonly #requestSeconds = this.#histogram(
    "http_request_duration_seconds",
    "From the head of a request to its end.",
    ["route"],
  );
  readonly #tools = this.#counter("tool_calls_total", "Calls of tools.", ["tool", "outcome"]);
  readonly #toolSeconds = this.#histogram("tool_call_duration_seconds", "Calls of tools, with all waiting.");
  readonly #reads = this.#counter("resource_reads_total", "Texts that were asked for.", ["source", "outcome"]);
  readonly #okta = this.#counter("okta_requests_total", "Requests to Okta.", ["bucket", "status"]);
  readonly #oktaSeconds = this.#histogram("okta_request_duration_seconds", "Requests to Okta, without waiting before.");
  readonly #remaining = this.#gauge("okta_rate_remaining", "Requests left in Okta's present window.", ["bucket"]);
  readonly #limit = this.#gauge("okta_rate_limit", "Requests that Okta allows in a window.", ["bucket"]);
  readonly #failures = this.#counter("auth_failures_total", "Refused tokens, sign-ins and grants.", ["reason"]);
  readonly #refreshes = this.#counter("token_refresh_total", "Renewals of people's tokens at Okta.", ["outcome"]);
  readonly #querySeconds = this.#histogram("store_query_duration_seconds", "Statements of the database.");
  readonly #queryFailures = this.#counter("store_failures_total", "Statements of the database that failed.");

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#gauge("http_requests_in_flight", "HTTP requests that run.", [], (gauge) => gauge.set(options.inFlight()));
    collectDefaultMetrics({ register: this.#registry });
  }

  note(seen: Observation): void {
    switch (seen.kind) {
      case "request": {
        const route = this.#routes.of(seen.route);
        this.#requests.inc({ route, status: String(seen.status) });
        this.#requestSeconds.observe({ route }, seen.ms / 1000);
        return;
      }
      case "tool_call": {
        const tool = this.#options.isTool(seen.tool) ? seen.tool : "unknown";
        this.#tools.inc({ tool, outcome: this.#outcomes.of(seen.outcome) });
        this.#toolSeconds.observe(seen.ms / 1000);
        return;
      }
      case "resource_read":
        this.#reads.inc({ source: seen.source, outcome: seen.outcome });
        return;
      case "okta_request": {
        const bucket = this.#buckets.of(seen.bucket);
        this.#okta.inc({ bucket, status: seen.status === undefined ? "no_answer" : String(seen.status) });
        this.#oktaSeconds.observe(seen.ms / 1000);
        if (seen.window === undefined) return;
        this.#remaining.set({ bucket }, seen.window.remaining);
        if (seen.window.limit !== undefined) this.#limit.set({ bucket }, seen.window.limit);
        return;
      }
      case "query":
        this.#querySeconds.observe(seen.ms / 1000);
        if (seen.hasFailed) this.#queryFailures.inc();
        return;
      case "auth_failure":
        this.#failures.inc({ reason: this.#reasons.of(seen.reason) });
        return;
      case "token_refresh":
        this.#refreshes.inc({ outcome: seen.outcome });
    }
  }

  /** All numbers as text, and the media type of the text. */
  async text(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  /** Begins to look at a server that has started. */
  follow({ activeGrants, isReady, isOktaUp }: Followed): void {
    this.#gauge("ready", "1 while this server can serve.", [], async (gauge) => gauge.set((await isReady()) ? 1 : 0));
    this.#gauge("okta_up", "1 while Okta answers.", [], (gauge) => gauge.set(isOktaUp() ? 1 : 0));
    this.#gauge("active_grants", "What people have allowed clients.", [], async (gauge) => {
      try {
        gauge.set(await activeGrants());
      } catch {
        // The database does not answer, which other numbers tell. An old number would look like a new one.
        gauge.set(Number.NaN);
      }
    });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers: this.#registers });
  }

  #histogram<Label extends string>(name: string, help: string, labelNames: Label[] = []): Histogram<Label> {
    return new Histogram({
      name: `${PREFIX}${name}`,
      help,
      labelNames,
      buckets: SECONDS,
      registers: this.#registers,
    });
  }

  #gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    collect?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    return new Gauge({
      name: `${PREFIX}${name}`,
      help,
      labelNames,
      registers: this.#registers,
      ...(collect && {
        collect(this: Gauge<Label>) {
          return collect(this);
        },
      }),
    });
  }
}
