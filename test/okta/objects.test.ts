import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { otherKind } from "../../src/okta/id-kinds.js";
import { readerOf } from "../../src/okta/object-readers.js";
import {
  kindAfter,
  kindOfArgument,
  NAME_PATHS,
  OBJECT_KINDS,
  OBJECTS,
  PROTECTED_KINDS,
} from "../../src/okta/objects.js";
import { isUserId, targetsOfRequest } from "../../src/okta/targets.js";
import { catalogue, root } from "../support/catalogue.js";

const { management }: { management: { paths: Record<string, unknown> } } = JSON.parse(
  readFileSync(new URL("test/contract/okta-facts.json", root), "utf8"),
);

const kindsWith = (has: (kind: (typeof OBJECT_KINDS)[number]) => unknown) => OBJECT_KINDS.filter((kind) => has(kind));

/** A path template without its last id, in the form that `kindAfter` takes. */
const placeOf = (template: string) => template.replace(/\/\{\w+\}$/, "").replace(/\{\w+\}/g, "{}");

describe("the table of kinds of objects", () => {
  test("has every argument of a tool that names an object", () => {
    const named = catalogue.entries
      .flatMap(({ input }) => Object.keys(input.shape))
      .filter((name) => /_ids?$/.test(name));
    const unknown = new Set(named.map((name) => name.replace(/_ids$/, "_id")).filter((name) => !kindOfArgument(name)));
    // `target_id` may be the id of any object, because it filters a list of changes.
    expect([...unknown].sort()).toEqual(["target_id"]);
  });

  test("names each argument, each collection and each guard list once", () => {
    for (const field of ["argument", "collection", "word"] as const) {
      const given = Object.values(OBJECTS).flatMap((type) => type[field] ?? []);
      expect(given).toEqual([...new Set(given)]);
    }
    expect(new Set(Object.values(OBJECTS).flatMap(({ protectedBy }) => protectedBy ?? []))).toEqual(
      new Set(PROTECTED_KINDS),
    );
  });

  test("knows the kind of every id in a path of Okta's that tools use, but of what no argument names", () => {
    const ends = Object.keys(management.paths).filter((template) => template.endsWith("}"));
    expect(ends.length).toBeGreaterThan(12);
    expect(ends.filter((template) => kindAfter(placeOf(template)) === undefined)).toEqual([]);
  });

  test("can be read wherever it says where an object stands", () => {
    for (const kind of kindsWith((one) => OBJECTS[one].within)) {
      const { within = [], argument } = OBJECTS[kind];
      expect([readerOf(kind), argument].includes(undefined), kind).toBe(false);
      for (const outer of within) expect(kindOfArgument(outer), `${kind} ${outer}`).toBeDefined();
    }
  });

  test("gives the names of objects in a fixed order", () => {
    expect(NAME_PATHS.map((path) => path.join(".")).slice(0, 6)).toEqual([
      "profile.login",
      "profile.name",
      "label",
      "name",
      "domain",
      "language",
    ]);
  });
});

describe("the kind of an id", () => {
  test.each([
    ["/api/v1/groups/{}/users", "user"],
    ["/api/v1/apps/{}/groups", "group"],
    ["/api/v1/groups/rules", "groupRule"],
    ["/api/v1/policies/{}/rules", "policyRule"],
    ["/api/v1/email-domains", "emailDomain"],
    ["/api/v1/domains", "customDomain"],
    ["/api/v1/meta/schemas/user", "userSchema"],
    ["/api/v1/meta/types/user", "userType"],
    ["/api/v1/superusers", undefined],
    ["/api/v1/rules", undefined],
    ["users", undefined],
    ["", undefined],
  ])("after %j is %s", (before, kind) => {
    expect(kindAfter(before)).toBe(kind);
  });

  test("is told where another one is asked for, and not where ids of both begin alike", () => {
    const rule = `0pr${"a".repeat(17)}`;
    expect(otherKind(rule, "policyRule")).toBeUndefined();
    expect(otherKind(rule, "groupRule")).toBeUndefined();
    expect(otherKind(rule, "user")).toBe(
      `${rule} is the id of a policy rule or a group rule, and a user is asked for.`,
    );
    expect(otherKind(`0oa${"a".repeat(17)}`, "group")).toMatch(/is the id of an application, and a group is asked/);
    expect(otherKind("ada@acme.example", "group")).toBeUndefined();
    // A template is identified by its name, which can have any form.
    expect(otherKind(rule, "emailTemplate")).toBeUndefined();
  });

  test("of a user is Okta's form and no login", () => {
    expect(isUserId(`00u${"a".repeat(17)}`)).toBe(true);
    for (const text of ["00u1", `00u${"a".repeat(18)}`, `00g${"a".repeat(17)}`, "ada@acme.example"]) {
      expect(isUserId(text), text).toBe(false);
    }
  });
});

test("every object that can be protected is a target of a write to its path, wherever that path leads", () => {
  for (const kind of kindsWith((one) => OBJECTS[one].protectedBy)) {
    for (const rest of ["", "/lifecycle/deactivate", "/things/{thingId}"]) {
      for (const start of ["/api/v1", "/api/v1/others/{otherId}"]) {
        const template = `${start}/${OBJECTS[kind].collection}/{id}${rest}`;
        const path = template.replace("{id}", "x1").replace(/\{\w+\}/g, "y1");
        const request = { operation: "any", method: "POST", template, path, query: new URLSearchParams() };
        expect(targetsOfRequest(request), template).toContainEqual({ type: kind, id: "x1" });
      }
    }
  }
});
