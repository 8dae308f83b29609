import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import type { Org } from "../../sandbox/org.js";
import { customDomainArea } from "../../sandbox/state/custom-domain-store.js";
import { emailDomainArea } from "../../sandbox/state/email-domain-store.js";
import { lookalikes } from "../../src/text/lookalikes.js";
import { catalogue } from "../support/catalogue.js";
import { declines } from "../support/client.js";
import { objectsOf } from "../support/objects.js";
import { connectToHostile, type JsonObject, watchPrototypes } from "./org.js";
import { expectVisible } from "./visible.js";

const removals = catalogue.entries.filter(
  ({ effect, impact, scope }) => effect === "removes" && impact !== undefined && scope !== null,
);

/** A call of each removal for each object of the org that it can remove. */
function* removalsOf(objects: readonly { [argument: string]: string }[]): Generator<[tool: string, args: JsonObject]> {
  for (const { name } of removals) {
    const { required = [] } = catalogue.definition(name).inputSchema as { required?: string[] };
    for (const object of objects) {
      if (required.every((argument) => argument in object)) {
        yield [name, Object.fromEntries(required.map((argument) => [argument, object[argument]]))];
      }
    }
  }
}

/** Codes with which a removal may be refused before anybody is asked. */
const REFUSALS = /^(?:conflict|not_found|protected|bad_input)$/;

const MAX_CHARS = 8_000;

/** Makes all users and apps ready to be deleted, and takes the domains away from the brands. */
function makeDeletable(org: Org): void {
  const note = { eventType: "test", displayMessage: "Made deletable" };
  // The admin is kept, because the token would end with this user.
  const others = org.users.all().filter(({ profile }) => profile.login !== ADMIN_LOGIN);
  for (const user of others) org.users.setStatus(user, "DEPROVISIONED", note);
  for (const app of org.apps.all()) org.apps.change({ ...app, status: "INACTIVE" }, note);
  const [domains, senders] = [org.area(customDomainArea), org.area(emailDomainArea)];
  for (const domain of domains.all()) domains.remove(domain);
  for (const sender of senders.all()) senders.remove(sender);
}

describe("a question about something hostile", () => {
  test("shows every removal's target in lines of ours, with nothing hidden, to a person", async () => {
    watchPrototypes();
    const { call, org, asked, writes } = await connectToHostile({ person: declines });
    const askedBy = new Set<string>();
    const askFor = async (tool: string, args: JsonObject) => {
      const before = asked.length;
      const { error, text } = await call(tool, args);
      if (asked.length === before) {
        expect(error?.code, `${tool}: ${text}`).toMatch(REFUSALS);
        return;
      }
      askedBy.add(tool);
      expect(error?.code, tool).toBe("declined");
      const { message } = asked.at(-1) ?? { message: "" };
      expectVisible(message, tool, { lines: true });
      expect(message.length, tool).toBeLessThan(MAX_CHARS);
      const [first = "", ...details] = message.split("\n");
      // No name can change this form: the first line ends with the id of the target, and the others are details.
      expect(first, tool).toMatch(/^[^:]+: [a-z -]+ "[^"]*" \([^()]+\)$/);
      for (const detail of details) expect(detail, tool).toMatch(/^- /);
    };
    for (const [tool, args] of removalsOf([...objectsOf(org)])) await askFor(tool, args);
    const never = () => removals.map(({ name }) => name).filter((name) => !askedBy.has(name));
    expect(never()).toEqual(["delete_application", "delete_brand", "delete_deactivated_user"]);
    makeDeletable(org);
    const last = never();
    for (const [tool, args] of removalsOf([...objectsOf(org)])) if (last.includes(tool)) await askFor(tool, args);
    expect(never()).toEqual([]);
    expect(writes()).toEqual([]);
  }, 120_000);

  test("says the same to a client that cannot ask, and no name can bring a confirmation of its own", async () => {
    const { call, org, writes } = await connectToHostile();
    for (const [tool, args] of removalsOf([...objectsOf(org)])) {
      const { error, text } = await call(tool, args);
      expectVisible(text, tool, { lines: true });
      expect(text.length, tool).toBeLessThan(2 * MAX_CHARS);
      if (error?.code !== "needs_confirmation") expect(error?.code, `${tool}: ${text}`).toMatch(REFUSALS);
      else expect(text.match(/"confirmation":/g), tool).toHaveLength(1);
    }
    expect(writes()).toEqual([]);
  }, 120_000);
});

describe("a name made to be taken for another", () => {
  test("is pointed out to the person", async () => {
    const { call, org, asked } = await connectToHostile({ person: declines });
    const [real, fake] = ["Admins", "\u0410dmins"].map((name) => org.addGroup({ profile: { name } }));
    await call("delete_group", { group_id: real?.id });
    await call("delete_group", { group_id: fake?.id });
    const warning = "careful: the name has letters that look like others: \u0410 (U+0410)";
    expect(asked[0]?.message).not.toContain("careful");
    expect(asked[1]?.message).toContain(warning);
  });

  test.each([
    ["\u0410dmins", ["\u0410 (U+0410)"]],
    ["Sales \u0395urope", ["\u0395 (U+0395)"]],
    ["\u{1d400}dmins", ["\u{1d400} (U+1D400)"]],
    ["\uff21dmins", ["\uff21 (U+FF21)"]],
    ["\u24b6dmins", ["\u24b6 (U+24B6)"]],
    ["\u0410\u0415o\u0440c\u0445", ["\u0410", "\u0415", "\u0440", "\u0445"]],
  ])("is found: %s", (name, expected) => {
    expect(lookalikes(name)).toHaveLength(expected.length);
    for (const [index, part] of expected.entries()) expect(lookalikes(name)[index]).toContain(part);
  });

  test.each([
    "Admins",
    "Администраторы",
    "Διαχειριστές",
    "アクメ Robotics",
    "Zoë Müller",
    "Отдел R&D",
    "µ-Service",
    "x² + 1",
    "1ª planta",
    "IT-отдел",
  ])("is not seen where there is none: %s", (name) => expect(lookalikes(name)).toEqual([]));
});
