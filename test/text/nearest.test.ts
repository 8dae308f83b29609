import { expect, test } from "vitest";
import { nearest } from "../../src/text/nearest.js";

const TOOLS = ["list_users", "list_groups", "get_user", "delete_group", "get_logs"];

test.each([
  ["list_user", "list_users"],
  ["LIST_USERS", "list_users"],
  ["users_list", "list_users"],
  ["list-groups", "list_groups"],
  ["delte_gruop", "delete_group"],
  ["get_log", "get_logs"],
])("%s is taken for %s", (word, meant) => {
  expect(nearest(word, TOOLS)).toBe(meant);
});

test.each(["", "x", "zebra", "a".repeat(10_000)])("nothing is suggested for %.10s", (word) => {
  expect(nearest(word, TOOLS)).toBeUndefined();
});
