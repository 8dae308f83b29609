/** Where a request comes from, as its sender tells (W3C Trace Context, level 1, and W3C Baggage). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** The span of the sender: 16 hexadecimal digits. */
  spanId: string;
  /** The lowest bit says that the sender keeps this trace. */
  flags: number;
  /** `tracestate`, where it has its form. */
  state: string | undefined;
  /** `baggage`, where it has its form. */
  baggage: string | undefined;
}

/** The longest value that is looked at; a later version may have more than the 55 characters of this one. */
const MAX_PARENT_CHARS = 256;
const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x20-\x7e]*)?$/;
const NO_VERSION = "ff";
const ZEROS = /^0+$/;

const MAX_STATE_CHARS = 512;
const MAX_STATE_MEMBERS = 32;
const STATE_KEY = /^[a-z0-9][a-z0-9_*/@-]{0,255}$/;
/** Printable characters without comma and equals sign; none of them a space at the end. */
const STATE_VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

const MAX_BAGGAGE_CHARS = 8_192;
const MAX_BAGGAGE_MEMBERS = 180;
/** A token, an equals sign, and a value with properties, of printable characters without comma. */
const BAGGAGE_MEMBER = /^[\w!#$%&'*+.^`|~-]{1,256}[ \t]*=[\x20-\x2b\x2d-\x7e]{0,4096}$/;

function parentOf(text: string): Pick<TraceContext, "traceId" | "spanId" | "flags"> | undefined {
  if (text.length > MAX_PARENT_CHARS) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", more] = PARENT.exec(text) ?? [];
  if (version === undefined || version === NO_VERSION || ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  // The first version has nothing after the flags.
  if (version === "00" && more !== undefined) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

function stateOf(text: unknown): string | undefined {
  if (typeof text !== "string" || text.length > MAX_STATE_CHARS) return undefined;
  const members = text.split(",").map((member) => member.trim());
  const isRight = members.every((member) => {
    const [key = "", value, ...others] = member.split("=");
    return value !== undefined && others.length === 0 && STATE_KEY.test(key) && STATE_VALUE.test(value);
  });
  return isRight && members.length <= MAX_STATE_MEMBERS ? members.join(",") : undefined;
}

function baggageOf(text: unknown): string | undefined {
  if (typeof text !== "string" || text.length > MAX_BAGGAGE_CHARS) return undefined;
  const members = text.split(",").map((member) => member.trim());
  return members.length <= MAX_BAGGAGE_MEMBERS && members.every((member) => BAGGAGE_MEMBER.test(member))
    ? members.join(",")
    : undefined;
}

/**
 * The trace context of a request, from the members of `_meta` of an MCP request or from HTTP headers, which have the
 * same names. Whoever sent it may be hostile: what has not its exact form is left out, and without a parent all of it.
 */
export function traceContextOf(given: Readonly<Record<string, unknown>> | undefined): TraceContext | undefined {
  const { traceparent, tracestate, baggage } = given ?? {};
  const parent = typeof traceparent === "string" ? parentOf(traceparent.trim()) : undefined;
  return parent && { ...parent, state: stateOf(tracestate), baggage: baggageOf(baggage) };
}
