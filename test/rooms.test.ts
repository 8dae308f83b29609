import { expect, test } from "vitest";
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
