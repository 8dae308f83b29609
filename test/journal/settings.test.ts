import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSettings } from "../../src/config/config.js";

const load = (env: Record<string, string>) => loadSettings({ flags: {}, env }, []);

test("the journal is in the data folder unless a folder is given, and off in any of the words for it", () => {
  expect(load({})).toMatchObject({ journal: undefined, journalFileMb: 10, journalFiles: 20 });
  expect(load({ OKTA_MCP_JOURNAL: "/var/log/okta" }).journal).toEqual({ folder: "/var/log/okta" });
  expect(load({ OKTA_MCP_JOURNAL: "~/journal" }).journal).toEqual({ folder: join(homedir(), "journal") });
  for (const word of ["off", "OFF", "0", "false", "no"]) expect(load({ OKTA_MCP_JOURNAL: word }).journal).toBe("off");
  expect(load({ OKTA_MCP_JOURNAL_FILE_MB: "1", OKTA_MCP_JOURNAL_FILES: "100" })).toMatchObject({
    journalFileMb: 1,
    journalFiles: 100,
  });
});

test.each([
  ["OKTA_MCP_JOURNAL", "journal", /no absolute path/],
  ["OKTA_MCP_JOURNAL_FILE_MB", "0", /too small/],
  ["OKTA_MCP_JOURNAL_FILE_MB", "ten", /whole number, e\.g\. 10/],
  ["OKTA_MCP_JOURNAL_FILES", "1", /at least 2/],
])("%s=%s is refused with what is right", (name, value, problem) => {
  expect(() => load({ [name]: value })).toThrow(problem);
});
