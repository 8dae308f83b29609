import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventTypeList, fileText, publishedIds } from "../../scripts/event-types.js";
import { EVENT_TYPE_IDS } from "../../src/foresight/event-type-ids.js";
import { skipUnless } from "../support/programs.js";

const list = eventTypeList();

test("the event types are those of Okta's list", (context) => {
  skipUnless(context, list !== undefined, "Okta's list of event types is not here");
  const ids = publishedIds(readFileSync(list ?? "", "utf8"));
  expect(ids.length).toBeGreaterThan(1000);
  expect(readFileSync("src/foresight/event-type-ids.ts", "utf8")).toBe(fileText(ids));
});

test("the event types are ids and nothing else", () => {
  for (const line of EVENT_TYPE_IDS.trim().split("\n")) expect(line).toMatch(/^[a-z0-9_]+:( [\w.-]+)+$/i);
});
