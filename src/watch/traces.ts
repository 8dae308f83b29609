import type { Context, Span } from "@opentelemetry/api";
import { AsyncVariable } from "./async-variable.js";
import type { LiveSpan, Observation, SpanStart, Tracing } from "./observer.js";
import type { TraceContext } from "./trace-context.js";

/** OpenTelemetry's API, as the operator has installed it. */
export type OpenTelemetry = typeof import("@opentelemetry/api");

/** Where OpenTelemetry's API says, for all copies of itself in a process, what is registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** True where somebody has registered a provider of tracers in this process. */
export function hasTracerProvider(): boolean {
  const registered = (globalThis as { [REGISTERED]?: { trace?: unknown } })[REGISTERED];
  return registered?.trace !== undefined;
}

/** Makes spans with the operator's own OpenTelemetry. What the spans are for is decided there. */
export class Traces implements Tracing {
  readonly #api: OpenTelemetry;
  readonly #version: string;
  /** The operator may have registered nothing that follows asynchronous calls. */
  readonly #running = new AsyncVariable<Context>();

  constructor(api: OpenTelemetry, version: string) {
    this.#api = api;
    this.#version = version;
  }

  begin({ name, kind, parent, attributes }: SpanStart): LiveSpan {
    const { SpanKind, SpanStatusCode, context, trace } = this.#api;
    const inside = this.#current();
    const from = parent === undefined ? inside : this.#from(parent, inside);
    // The span in which this one begins stays known, where its sender names another one as its parent.
    const around = trace.getSpanContext(inside);
    const links = parent === undefined || around === undefined ? [] : [{ context: around }];
    const span = this.#tracer().startSpan(
      name,
      { kind: kind === "server" ? SpanKind.SERVER : SpanKind.INTERNAL, attributes: { ...attributes }, links },
      from,
    );
    const within = trace.setSpan(from, span);
    const { traceId, spanId } = span.spanContext();
    return {
      ids: { traceId, spanId },
      run: (action) => this.#running.run(within, () => context.with(within, action)),
      end({ hasFailed, attributes: more }) {
        span.setAttributes({ ...more });
        if (hasFailed) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  note(seen: Observation): void {
    if (seen.kind === "okta_request") {
      const { bucket, status, ms } = seen;
      const attributes: Record<string, string | number> = { "okta.bucket": bucket };
      if (status !== undefined) attributes["http.response.status_code"] = status;
      this.#past(`Okta ${bucket}`, ms, attributes, status === undefined || status >= 400);
    } else if (seen.kind === "query") {
      this.#past("store", seen.ms, {}, seen.hasFailed);
    }
  }

  /** A span of something that is over. Outside of all requests it would be a trace of its own, of no use to anybody. */
  #past(name: string, ms: number, attributes: Record<string, string | number>, hasFailed: boolean): void {
    const { SpanKind, SpanStatusCode, trace } = this.#api;
    const inside = this.#current();
    if (trace.getSpanContext(inside) === undefined) return;
    const endedAtMs = Date.now();
    const span: Span = this.#tracer().startSpan(
      name,
      { kind: SpanKind.CLIENT, attributes, startTime: endedAtMs - ms },
      inside,
    );
    if (hasFailed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endedAtMs);
  }

  #tracer() {
    return this.#api.trace.getTracer("okta-mcp", this.#version);
  }

  #current(): Context {
    return this.#running.get() ?? this.#api.context.active();
  }

  #from({ traceId, spanId, flags, state, baggage }: TraceContext, inside: Context): Context {
    const { createTraceState, propagation, trace } = this.#api;
    const from = trace.setSpanContext(inside, {
      traceId,
      spanId,
      traceFlags: flags & 1,
      isRemote: true,
      ...(state !== undefined && { traceState: createTraceState(state) }),
    });
    if (baggage === undefined) return from;
    const entries = baggage.split(",").map((member) => {
      const [pair = ""] = member.split(";", 1);
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), { value: decoded(pair.slice(at + 1).trim()) }] as const;
    });
    return propagation.setBaggage(from, propagation.createBaggage(Object.fromEntries(entries)));
  }
}

/** A value of baggage, which is percent-encoded as a rule. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
