import type { TraceContext } from "./trace-context.js";

/** Something that has happened, for those who count. Nothing in it is of a person's or a client's choice. */
export type Observation =
  | { kind: "request"; route: string; status: number; ms: number }
  | { kind: "tool_call"; tool: string; outcome: string; ms: number }
  | { kind: "resource_read"; source: "reference" | "settings"; outcome: "done" | "not_found" | "failed"; ms: number }
  | { kind: "okta_request"; bucket: string; status: number | undefined; ms: number; window?: RateWindow | undefined }
  | { kind: "query"; ms: number; hasFailed: boolean }
  | { kind: "auth_failure"; reason: string }
  | { kind: "token_refresh"; outcome: "done" | "refused" | "failed" };

/** What Okta tells of a rate-limit bucket. */
export interface RateWindow {
  limit: number | undefined;
  remaining: number;
}

/** Takes notice of what happens. It never throws, and keeps nobody waiting. */
export interface Observer {
  note(observation: Observation): void;
}

export const NOBODY: Observer = { note: () => {} };

/** Hands what happens on to several. */
export function observers(all: readonly Observer[]): Observer {
  return {
    note(observation) {
      for (const one of all) one.note(observation);
    },
  };
}

/** The ids by which a log record finds its trace. */
export interface SpanIds {
  traceId: string;
  spanId: string;
}

/** A span that has begun. */
export interface LiveSpan {
  ids: SpanIds;
  /** Runs an action, in which further spans are its children. */
  run<T>(action: () => T): T;
  /** Ends it, once. */
  end(how: { hasFailed: boolean; attributes: Readonly<Record<string, string | number>> }): void;
}

export interface SpanStart {
  name: string;
  kind: "server" | "internal";
  /** Where it comes from; by default it is a child of the span in which it begins. */
  parent?: TraceContext | undefined;
  attributes: Readonly<Record<string, string | number>>;
}

/** Makes spans for whoever collects traces. What happens within a moment becomes a span of itself. */
export interface Tracing extends Observer {
  begin(start: SpanStart): LiveSpan;
}

/** Those who look at a server while it runs. */
export interface Watch {
  observer: Observer;
  /** Undefined where nobody collects traces. */
  tracing: Tracing | undefined;
}

export const UNWATCHED: Watch = { observer: NOBODY, tracing: undefined };
