import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Act, Call, Scenario } from "../attack.js";
import { NETWORK } from "../promises.js";
import { besideRawOrg, type RawOrg, raw } from "../raw-org.js";

const MEGABYTE = 1024 * 1024;

/** The most memory that a server may take for one answer. */
const MAX_MEMORY_MB = 1_200;

const json = (text: string | Buffer, ...head: string[]) => raw(text, head);
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

/** `Link` headers that take long to read or lead to another host. */
const LINKS: { readonly [what: string]: string } = {
  "many parameters": `<x>${"; a=b".repeat(5_000)}`,
  "many semicolons": `<x>${";".repeat(10_000)}`,
  "many blanks": `<x>${" ".repeat(15_000)}; rel`,
  "blanks and semicolons": `<x>${" ;".repeat(5_000)}!`,
  "many quotes": `<x>; rel=${'"'.repeat(10_001)}`,
  "many escapes": `<x>; rel="${"\\".repeat(10_000)}`,
  "escapes and quotes": `<x>; rel="${'\\"'.repeat(5_000)}`,
  "many opened brackets": "<".repeat(10_000),
  "many closed brackets": `<${">".repeat(10_000)}`,
  "many commas": `<x>${",".repeat(10_000)}`,
  "many links": Array.from({ length: 400 }, (_, n) => `<https://a.example/${n}>; rel="next"`).join(", "),
  "names and equals signs": `<x>; ${"a=".repeat(5_000)}`,
  "short and doubling": `<a>${";a".repeat(110)}!`,
  "short and quoted": `<a>${';a="b'.repeat(40)}!`,
  "short with blanks": `<a>;${" a".repeat(110)}=`,
  "short and nested": `<a>; rel="${"a ".repeat(100)}`,
};

/** Bodies that take far more memory or time to read than their size suggests. */
const COSTLY: { readonly [what: string]: () => Buffer } = {
  "many empty objects": () => json(`[${"{},".repeat(20 * MEGABYTE)}{}]`),
  "many empty lists": () => json(`[${"[],".repeat(3 * MEGABYTE)}[]]`),
  "many small numbers": () => json(`[${"1,".repeat(4 * MEGABYTE)}1]`),
  "many keys": () => json(`[{${Array.from({ length: 500_000 }, (_, n) => `"k${n}":0`).join(",")}}]`),
  "a huge text": () => json(`["${"x".repeat(20 * MEGABYTE)}"]`),
  "a huge number": () => json(`[${"9".repeat(2 * MEGABYTE)}]`),
  "more than is taken": () => json(`["${"x".repeat(70 * MEGABYTE)}"]`),
  "a bomb of gzip": () => raw(gzipSync(Buffer.alloc(100 * MEGABYTE, "[")), ["Content-Encoding: gzip"]),
  "a bomb of brotli": () => raw(brotliCompressSync(Buffer.alloc(60 * MEGABYTE, "[")), ["Content-Encoding: br"]),
  "a bomb in a bomb": () => raw(gzipSync(gzipSync(Buffer.alloc(60 * MEGABYTE))), ["Content-Encoding: gzip, gzip"]),
};

/** Answers that are not valid. */
const ODD: { readonly [what: string]: () => Buffer } = {
  "no JSON": () => json("{oops"),
  nothing: () => json(""),
  "a page": () => raw("<html>", ["Content-Type: text/html"]),
  "plain text": () => raw("[]", ["Content-Type: text/plain"]),
  null: () => json("null"),
  "a text": () => json('"x"'),
  "a number": () => json("1e99999"),
  "an object in place of a list": () => json('{"a":1}'),
  "a list of nulls": () => json("[null,null]"),
  "a list of lists": () => json("[[],[[]]]"),
  "ten thousand levels": () => json(deep(10_000)),
  "a million levels": () => json(deep(1_000_000)),
  "a million opened brackets": () => json("[".repeat(1_000_000)),
  "a million opened objects": () => json('{"a":'.repeat(1_000_000)),
  "bad UTF-8": () => json(Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x5d])),
  "a byte order mark": () => json(Buffer.from([0xef, 0xbb, 0xbf, 0x5b, 0x5d])),
  "UTF-16": () => json(Buffer.from("[]", "utf16le")),
  "lone surrogates": () => json('["\\ud800"]'),
  "doubled keys": () => json('[{"id":"a","id":"b"}]'),
  "keys of prototypes": () => json('[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]'),
  "a key called toJSON": () => json('[{"toJSON":"x","then":"y","valueOf":1}]'),
  "many encodings": () => raw("x", [`Content-Encoding: ${Array(200).fill("gzip").join(", ")}`]),
  "an unknown encoding": () => raw("[]", ["Content-Encoding: evil"]),
  "no gzip": () => raw("[]", ["Content-Encoding: gzip"]),
  "a length that is none": () => Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n[]"),
  "two lengths": () => Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]"),
  "a chunk of no size": () => Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n"),
  "no status": () => Buffer.from("HTTP/1.1\r\n\r\n[]"),
  "the status 999": () => raw("[]", [], "999 Odd"),
  "the status 42": () => raw("[]", [], "42 Odd"),
  "no HTTP": () => Buffer.from("SSH-2.0-evil\r\n"),
  "a thousand headers": () =>
    raw(
      "[]",
      Array.from({ length: 1_000 }, (_, n) => `X-${n}: ${"y".repeat(100)}`),
    ),
  "a header of a megabyte": () => raw("[]", [`X-Long: ${"y".repeat(MEGABYTE)}`]),
  "a header with a NUL": () => raw("[]", ["X-Odd: a\0b"]),
  "a status line of escapes": () => raw("{}", [], "400 \u001b[2J\u001b]0;x\u0007"),
  "a switch of protocols": () =>
    Buffer.from("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: evil\r\n\r\n"),
  "early hints without end": () =>
    Buffer.from(
      `${"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".repeat(2_000)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]`,
    ),
  "a wait of a year": () => raw("{}", ["Retry-After: 31536000"], "503 Busy"),
  "a limit that ends in a year": () =>
    raw("{}", ["X-Rate-Limit-Reset: 9999999999", "X-Rate-Limit-Remaining: 0"], "429 Busy"),
  "a date that is none": () => raw("[]", ["Date: yesterday"]),
  "a date in the year 275760": () => raw("[]", ["Date: Sat, 13 Sep 275760 00:00:00 GMT"]),
};

/** The two calls that meet the hostile answers: one reads and one writes. */
const READ: Call = ["list_groups", {}];
const WRITE: Call = ["create_group", { profile: { name: "New" } }];

/** The most memory that the server has had, in MB; undefined where the system does not report it. */
function peakMemoryMb(pid: number | undefined): number | undefined {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** Checks that the server still answers and has not taken more memory than it may. */
async function goesOn(act: Act, hostile: RawOrg): Promise<void> {
  hostile.answer = () => raw("[]");
  const { sees, text } = await act.server.call("list_groups", {});
  assert.equal(sees, "ok", text);
  const peak = peakMemoryMb(act.server.child.pid);
  assert.ok(peak === undefined || peak < MAX_MEMORY_MB, `it has taken ${Math.round(peak ?? 0)} MB`);
}

/** The results of a call that the server itself has answered. */
const ANSWERED = ["ok", "okta_down", "unreachable", "bad_input", "rate_limited", "not_found", "conflict", "forbidden"];

/** A scenario whose org is a raw listener. */
function scenario(name: string, attacks: (act: Act, hostile: RawOrg) => Promise<void>): Scenario {
  return besideRawOrg({
    name,
    promise: NETWORK,
    env: ({ origin }) => ({ OKTA_ORG_URL: origin, OKTA_ACCESS_TOKEN: "opaque", OKTA_MCP_CONFIRM: "never" }),
    async play(act, hostile) {
      await act.control("a harmless answer", { call: READ });
      await attacks(act, hostile);
    },
  });
}

const answerWith = (act: Act, hostile: RawOrg, bytes: () => Buffer, call: Call) => async () => {
  const answer = bytes();
  hostile.answer = () => answer;
  return act.server.call(...call);
};

const odd = scenario("answers that are none", async (act, hostile) => {
  await act.attacks(Object.entries(ODD), ([what, bytes]) => [
    what,
    { does: answerWith(act, hostile, bytes, WRITE), sees: ANSWERED, check: () => goesOn(act, hostile) },
  ]);
});

/** Resets the peak of the server's memory, so that the next answer is measured alone. */
function forgetPeak(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Not every system keeps this peak or allows a reset.
  }
}

const costly = scenario("answers that cost more than they hold", async (act, hostile) => {
  await act.attacks(Object.entries(COSTLY), ([what, bytes]) => [
    what,
    {
      async does() {
        forgetPeak(act.server.child.pid);
        return answerWith(act, hostile, bytes, WRITE)();
      },
      sees: ANSWERED,
      check: () => goesOn(act, hostile),
    },
  ]);
});

const links = scenario("links to next pages that do not end", async (act, hostile) => {
  await act.attacks(Object.entries(LINKS), ([what, link]) => [
    what,
    {
      does: answerWith(act, hostile, () => raw("[]", [`Link: ${link}`]), READ),
      sees: ANSWERED,
      check: () => goesOn(act, hostile),
    },
  ]);
  await act.attack("a next page that is the same page", {
    async does() {
      hostile.requests.length = 0;
      hostile.answer = ({ path }) => raw('[{"id":"a"}]', [`Link: <${hostile.origin}${path}>; rel="next"`]);
      return act.server.call("list_groups", { fetch_all: true });
    },
    sees: ANSWERED,
    check: () => assert.ok(hostile.requests.length < 2_000, `${hostile.requests.length} pages`),
  });
});

export const network: readonly Scenario[] = [odd, links, costly];
