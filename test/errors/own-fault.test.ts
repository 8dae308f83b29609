import { request } from "node:http";
import { expect, test } from "vitest";
import { isOwnFault } from "../../src/errors/own-fault.js";

/** The error of an action that throws or rejects. */
async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return expect.unreachable("nothing was thrown");
}

const nothing = undefined as unknown as () => void;

test.each<[string, () => unknown]>([
  ["a call of what is no function", () => nothing()],
  ["a name that is not there", () => new Function("notThere")()],
  ["code that cannot be read", () => new Function("(")],
  ["an escape that cannot be decoded", () => decodeURIComponent("%")],
  ["a number out of range", () => "x".repeat(-1)],
  ["a header that cannot be sent", () => request("http://127.0.0.1:9", { headers: { "no name": "x" } })],
  ["an address that is none", () => fetch("http://")],
  ["a part that is not there", () => import(`./not-${"there"}.js`)],
])("%s is a mistake of our own", async (_, action) => {
  expect(isOwnFault(await thrownBy(action))).toBe(true);
});

test.each<[string, () => unknown]>([
  ["a port where nobody listens", () => fetch("http://127.0.0.1:9")],
  ["a cancelled request", () => fetch("http://127.0.0.1:9", { signal: AbortSignal.abort() })],
  [
    "an answer that broke off",
    () => Promise.reject(new TypeError("terminated", { cause: new Error("other side closed") })),
  ],
  ["what is no error", () => Promise.reject("no")],
])("%s is not", async (_, action) => {
  expect(isOwnFault(await thrownBy(action))).toBe(false);
});
