import { afterEach, describe, expect, test } from "vitest";
import { findProgram, missingHere, requireOrSkip } from "./programs.js";

const before = process.env.OKTA_MCP_TEST_ALL;
afterEach(() => {
  if (before === undefined) delete process.env.OKTA_MCP_TEST_ALL;
  else process.env.OKTA_MCP_TEST_ALL = before;
});

/** Returns a test context with a `skip` that throws, because vitest's own `skip` also ends the test. */
function skippable() {
  const notes: string[] = [];
  const skip = (note?: unknown): never => {
    notes.push(String(note));
    throw new Error("skipped");
  };
  return { notes, context: { skip: skip as Parameters<typeof requireOrSkip>[0]["skip"] } };
}

describe("a program that a test needs", () => {
  test("is found on the PATH", () => {
    expect(findProgram("sh")).toMatch(/\/sh$/);
    expect(requireOrSkip(skippable().context, "sh", "ls")).toEqual([
      expect.stringMatching(/\/sh$/),
      expect.stringMatching(/\/ls$/),
    ]);
  });

  test("skips the test by name where it is missing", () => {
    delete process.env.OKTA_MCP_TEST_ALL;
    const { context, notes } = skippable();
    expect(() => requireOrSkip(context, "sh", "no-such-program")).toThrow("skipped");
    expect(notes).toEqual(["not on this machine: no-such-program"]);
  });

  test("is named with how to install it, and so is a library", () => {
    const { PATH } = process.env;
    process.env.PATH = "";
    try {
      expect(missingHere("python3", "gnome-keyring-daemon")).toBe(
        "not on this machine: python3, gnome-keyring-daemon; to install: apt-get install python3 gnome-keyring",
      );
    } finally {
      process.env.PATH = PATH;
    }
    expect(missingHere("libnone.so.0", "sh")).toBe("not on this machine: libnone.so.0");
  });

  test("fails the test where nothing may be left out", () => {
    process.env.OKTA_MCP_TEST_ALL = "1";
    const { context, notes } = skippable();
    expect(() => requireOrSkip(context, "no-such-program")).toThrow(/OKTA_MCP_TEST_ALL=1.*no-such-program/);
    expect(notes).toEqual([]);
  });
});
