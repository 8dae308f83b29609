import fc from "fast-check";
import { expect, test } from "vitest";
import { traceContextOf } from "../../src/watch/trace-context.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const PARENT = `00-${TRACE}-${SPAN}-01`;

test("a trace context is read as its sender has written it", () => {
  expect(
    traceContextOf({ traceparent: PARENT, tracestate: "congo=t61rcWkgMzE, rojo@x=00f0", baggage: "a=1, b = 2;p" }),
  ).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    flags: 1,
    state: "congo=t61rcWkgMzE,rojo@x=00f0",
    baggage: "a=1,b = 2;p",
  });
  expect(traceContextOf({ traceparent: `cc-${TRACE}-${SPAN}-00-what-comes-later` })).toMatchObject({ flags: 0 });
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["no text", 7],
  ["several headers", [PARENT, PARENT]],
  ["capital letters", PARENT.toUpperCase()],
  ["no version of ours", `ff-${TRACE}-${SPAN}-01`],
  ["more than the first version has", `${PARENT}-more`],
  ["no trace", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["no span", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["a short trace", `00-${TRACE.slice(1)}-${SPAN}-01`],
  ["a line break", `${PARENT}\nrequest_id=1`],
  ["a long text", `cc-${TRACE}-${SPAN}-00-${"x".repeat(100_000)}`],
])("a parent that is %s counts as none", (_, traceparent) => {
  expect(traceContextOf({ traceparent, tracestate: "a=b", baggage: "a=b" })).toBeUndefined();
});

test.each<[string, unknown]>([
  ["too long", `a=${"b".repeat(600)}`],
  ["of too many members", Array.from({ length: 33 }, (_, n) => `k${n}=v`).join(",")],
  ["without a value", "a"],
  ["with a control character", "a=\u0007"],
  ["with a key in capital letters", "A=b"],
])("a state that is %s is left out, and the parent stays", (_, tracestate) => {
  expect(traceContextOf({ traceparent: PARENT, tracestate })).toMatchObject({ traceId: TRACE, state: undefined });
});

test.each<[string, unknown]>([
  ["too long", `a=${"b".repeat(9_000)}`],
  ["of too many members", Array.from({ length: 181 }, (_, n) => `k${n}=v`).join(",")],
  ["with a line break", "a=b\r\nc=d"],
  ["without a value", "a"],
])("baggage that is %s is left out, and the parent stays", (_, baggage) => {
  expect(traceContextOf({ traceparent: PARENT, baggage })).toMatchObject({ traceId: TRACE, baggage: undefined });
});

test("whatever is sent, only hexadecimal digits get into a log", () => {
  fc.assert(
    fc.property(fc.anything(), fc.string({ unit: "binary" }), (traceparent, text) => {
      for (const given of [traceparent, text, `00-${text}`]) {
        const context = traceContextOf({ traceparent: given });
        if (context !== undefined) expect(context.traceId + context.spanId).toMatch(/^[0-9a-f]{48}$/);
      }
    }),
  );
});
