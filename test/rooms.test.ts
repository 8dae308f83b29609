import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { circles, imports, roomOf, upward } from "../scripts/rooms.js";

const { files, arrows } = imports();

test("every source file is in a room, and only the contract and the log stand alone", () => {
  expect(arrows.length).toBeGreaterThan(1000);
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  expect(files.filter((file) => /^src\/[^/]+$/.test(file)).sort()).toEqual(["src/log.ts", "src/tool.ts"]);
});

test("no room imports one that stands above it, types included", () => {
  expect(upward(arrows)).toEqual([]);
});

test("no file imports itself by way of others, types included", () => {
  expect(circles(arrows)).toEqual([]);
});

test("an arrow upward, one out of all rooms, and a circle are found", () => {
  const up = { from: "src/json/json.ts", to: "src/cli/io.ts" };
  const out = { from: "src/json/json.ts", to: "test/support/cli.ts" };
  expect(upward([...arrows, up, out])).toEqual([up, out]);
  const back = { from: "src/json/exact-json.ts", to: "src/json/json.ts" };
  expect(circles([...arrows, back]).map((circle) => circle.sort())).toEqual([
    ["src/json/exact-json.ts", "src/json/json.ts"],
  ]);
});

describe("a name in the engine", () => {
  const engine = files.filter((file) => file.startsWith("src/"));
  const twice = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);

  test("of a file is that of one file, but for commands, which are called as they are typed", () => {
    const names = engine.filter((file) => !file.startsWith("src/cli/commands/")).map((file) => posix.basename(file));
    expect(twice(names)).toEqual(["index.ts"]);
  });

  test("of a type that other files use is written down once", () => {
    const types = engine.flatMap((file) => {
      const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
      return [...text.matchAll(/^export (?:interface|type|class) (\w+)/gm)].map(([, name = ""]) => name);
    });
    expect(types.length).toBeGreaterThan(300);
    expect(twice(types)).toEqual([]);
  });
});
