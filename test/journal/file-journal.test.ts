import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { FileJournal } from "../../src/journal/file-journal.js";
import { openJournal } from "../../src/journal/open.js";
import { spawnProcess, temporaryFolder } from "../support/cli.js";
import { firstLine } from "./lines.js";
import { changesIn } from "./support.js";

function newJournal({
  maxFileBytes = 1_000_000,
  maxFiles = 20,
  dir = join(temporaryFolder(), "journal"),
  now = Date.now,
} = {}) {
  const journal = new FileJournal({ dir: async () => dir, maxFileBytes, maxFiles, now });
  const file = join(dir, "changes.jsonl");
  const ids = async () => (await changesIn(journal)).map(({ id }) => id);
  return { journal, dir, file, ids };
}

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

describe("the file", () => {
  test("is JSON Lines that only this user can read, in a folder of its own for each org and client", async () => {
    const folder = join(temporaryFolder(), "given");
    const options = { place: { folder }, maxFileBytes: 1_000_000, maxFiles: 20 };
    for (const [orgUrl, clientId] of [
      ["https://acme.okta.com", "0oa1"],
      ["https://acme.okta.com", "0oa2"],
      ["https://other.okta.com", "0oa1"],
    ] as const) {
      const journal = openJournal({ ...options, orgUrl, clientId });
      await journal?.append(firstLine({ org: orgUrl }));
      await journal?.append({ id: "chg1", outcome: "done" });
      expect(journal && (await changesIn(journal))).toMatchObject([{ id: "chg1", org: orgUrl, outcome: "done" }]);
    }
    const folders = readdirSync(folder);
    expect(folders).toHaveLength(3);
    expect(folders.filter((name) => name.startsWith("acme.okta.com-"))).toHaveLength(2);
    for (const name of folders) {
      expect(modeOf(join(folder, name))).toBe("700");
      expect(modeOf(join(folder, name, "changes.jsonl"))).toBe("600");
      const lines = readFileSync(join(folder, name, "changes.jsonl"), "utf8").split("\n");
      expect(lines.map((line) => line && JSON.parse(line).id)).toEqual(["chg1", "chg1", ""]);
    }
    expect(
      openJournal({ ...options, place: "off", orgUrl: "https://acme.okta.com", clientId: "0oa1" }),
    ).toBeUndefined();
  });

  test("is empty where nothing was written yet, and reading makes no file", async () => {
    const { journal, dir } = newJournal();
    expect(await changesIn(journal)).toEqual([]);
    expect(() => lstatSync(dir)).toThrow("ENOENT");
  });

  test("is put aside when it is full; the oldest go, and a change whose lines stand in two files is whole", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const { journal, dir, ids } = newJournal({ maxFileBytes: 700, maxFiles: 3, now: () => now });
    await journal.append(firstLine({ id: "old" }));
    for (let index = 0; index < 4; index += 1) {
      now += 1_000;
      await journal.append(firstLine({ id: `chg${index}`, target: "x".repeat(300) }));
    }
    await journal.append({ id: "chg3", outcome: "done" });
    now += 1_000;
    await journal.append(firstLine({ id: "chg4", target: "y".repeat(300) }));
    await journal.append({ id: "chg3", after: { late: true } });
    const names = readdirSync(dir);
    expect(names).toHaveLength(3);
    expect(names.filter((name) => /^changes-2026\d{4}T\d{9}Z-[0-9a-f]{6}\.jsonl$/.test(name))).toHaveLength(2);
    for (const name of names) expect(modeOf(join(dir, name))).toBe("600");
    expect(await ids()).toEqual(["chg4", "chg3", "chg2"]);
    expect((await changesIn(journal))[1]).toMatchObject({ outcome: "done", after: { late: true } });
  });

  test("survives a line that was cut off by a crash or a full disk", async () => {
    const { journal, file, ids } = newJournal();
    await journal.append(firstLine({ id: "whole" }));
    await journal.append(firstLine({ id: "cut" }));
    truncateSync(file, lstatSync(file).size - 25);
    await journal.append(firstLine({ id: "next" }));
    expect(await ids()).toEqual(["next", "whole"]);
  });
});

test("three processes that append 1,000 changes each, in files that fill up, lose none of them", async () => {
  const { journal, dir } = newJournal();
  const appender = fileURLToPath(new URL("appender.ts", import.meta.url));
  const names = ["a", "b", "c"];
  const ended = await Promise.all(
    names.map(
      (name) => spawnProcess([process.execPath, "--import", "tsx", appender, dir, name, "1000", "4000000"]).ended,
    ),
  );
  expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(names.map(() => ({ code: 0, stderr: "" })));
  // The number of files depends on what each process had waiting when its turn came.
  expect(readdirSync(dir).length).toBeGreaterThan(1);
  const changes = await changesIn(journal);
  const wanted = names.flatMap((name) => Array.from({ length: 1000 }, (_, index) => `${name}-${index}`));
  expect(changes.map(({ id }) => id).sort()).toEqual(wanted.sort());
  expect(changes.filter(({ outcome }) => outcome !== "done")).toEqual([]);
}, 60_000);

describe("a journal that cannot be used says which file, why, and what to do", () => {
  test.each<[string, (dir: string) => void, RegExp]>([
    ["a file where its folder should be", (dir) => writeFileSync(dir, ""), /\(EEXIST\)|\(ENOTDIR\)|not a plain folder/],
    [
      "a folder that others can read",
      (dir) => {
        mkdirSync(dir);
        chmodSync(dir, 0o755);
      },
      /can be read by other users/,
    ],
    [
      "a file that others can read",
      (dir) => {
        mkdirSync(dir, { mode: 0o700 });
        writeFileSync(join(dir, "changes.jsonl"), "");
        chmodSync(join(dir, "changes.jsonl"), 0o644);
      },
      /can be read by other users/,
    ],
    [
      "a link in its place",
      (dir) => {
        mkdirSync(dir, { mode: 0o700 });
        writeFileSync(join(dir, "elsewhere"), "", { mode: 0o600 });
        symlinkSync(join(dir, "elsewhere"), join(dir, "changes.jsonl"));
      },
      /is not a plain file/,
    ],
    [
      "a folder in its place",
      (dir) => mkdirSync(join(dir, "changes.jsonl"), { recursive: true, mode: 0o700 }),
      /is not a plain file|\(EISDIR\)/,
    ],
  ])("%s", async (_what, arrange, message) => {
    const { journal, dir } = newJournal();
    arrange(dir);
    for (const action of [() => journal.check(), () => journal.append(firstLine())]) {
      await expect(action()).rejects.toMatchObject({ code: "bad_config", message: expect.stringMatching(message) });
    }
  });
});
