import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/json/json.js";
import { keepHidden } from "../../src/results/keep-hidden.js";
import { type ShapeOptions, shape } from "../../src/results/shape.js";
import { MASK } from "../../src/text/secrets.js";

/** The body with the hidden values filled in, and the paths of these values. */
function kept(current: Json, body: JsonObject, hides?: ShapeOptions["hides"], setByOkta: string[] = []) {
  const { body: filled, told } = keepHidden(current, shape(current, { hides }), body, setByOkta);
  return [filled, told] as const;
}

const GROUP = { profile: { name: "Lab", apiKey: "k-12345", description: "x" } };

describe("what cannot be seen of an object", () => {
  test.each<[string, JsonObject]>([
    ["is left out", { profile: { name: "Lab 2" } }],
    ["comes back masked", { profile: { name: "Lab 2", apiKey: MASK } }],
  ])("stays where it %s", (_, body) => {
    expect(kept(GROUP, body)).toEqual([{ profile: { name: "Lab 2", apiKey: "k-12345" } }, ["profile.apiKey"]]);
  });

  test.each([null, "", "new", "k-12345"])("gives way to what the body has: %j", (apiKey) => {
    const body = { profile: { name: "Lab", apiKey } };
    expect(kept(GROUP, body)).toEqual([body, []]);
  });

  test("goes with the object around it, which could be seen", () => {
    expect(kept({ app: { url: "u", token: "t-1" }, x: 1 }, { x: 1 })).toEqual([{ x: 1 }, []]);
    // If the whole object is hidden, the sender cannot have meant to drop it.
    expect(kept({ app: { token: "t-1", none: null }, x: 1 }, { x: 1 })).toEqual([
      { app: { token: "t-1", none: null }, x: 1 },
      ["app"],
    ]);
  });

  test("is never moved: a mask in another place stays one", () => {
    const bodies: JsonObject[] = [
      { profile: { name: MASK } },
      { profile: { name: "Lab", description: MASK } },
      { apiKey: MASK, profile: { name: "Lab" } },
      { profile: [MASK] },
    ];
    for (const body of bodies) {
      expect(JSON.stringify(kept(GROUP, body)[0]).replace('"apiKey":"k-12345"', "")).not.toContain("k-12345");
      expect(JSON.stringify(kept(GROUP, body)[0])).toContain(MASK);
    }
  });

  test("is not what Okta hides itself, sets itself or has no body for", () => {
    const current = { token: "••••", secret: "****", id_token: "a-b-c", _links: { a: 1 }, _embedded: { token: "t" } };
    expect(kept(current, { x: 1 }, undefined, ["id_token"])).toEqual([{ x: 1 }, []]);
  });

  test("is what the settings hide as well; what they leave out is not named", () => {
    const hides = (path: readonly string[]) => ({ ssn: "mask", note: "omit" })[path.at(-1) ?? ""] as "mask" | undefined;
    const current = { profile: { name: "A", ssn: 123456789, note: ["private"], on: true } };
    expect(kept(current, { profile: { name: "B", on: true } }, hides)).toEqual([
      { profile: { name: "B", on: true, ssn: 123456789, note: ["private"] } },
      ["profile.ssn"],
    ]);
  });
});

describe("in a list", () => {
  const HOOKS: JsonObject = {
    hooks: [
      { name: "a", token: "t-a" },
      { name: "b", token: "t-b", on: true },
    ],
  };

  test("it is found again by what tells the items apart, wherever they stand", () => {
    const body: JsonObject = { hooks: [{ name: "b", on: false }, { name: "c" }, { name: "a", token: MASK }] };
    expect(kept(HOOKS, body)).toEqual([
      {
        hooks: [{ name: "b", on: false, token: "t-b" }, { name: "c" }, { name: "a", token: "t-a" }],
      },
      ["hooks.token"],
    ]);
  });

  test("it goes to no second item that takes the name of another", () => {
    const hooks: JsonObject[] = [{ name: "a" }, { name: "a", url: "https://evil.example", token: MASK }];
    expect(kept(HOOKS, { hooks })[0]).toEqual({ hooks });
  });

  test("it stays where an item comes back as it was shown, and nowhere else", () => {
    const now = {
      headers: [
        { value: 1, token: "t-1" },
        { value: 2, token: "t-2" },
      ],
    };
    expect(kept(now, { headers: [{ value: 2, token: MASK }] })[0]).toEqual({ headers: [{ value: 2, token: "t-2" }] });
    expect(kept(now, { headers: [{ value: 3, token: MASK }] })[0]).toEqual({ headers: [{ value: 3, token: MASK }] });
    const alike = { headers: [{ token: "t-1" }, { token: "t-2" }] };
    expect(kept(alike, { headers: [{ token: MASK }] })[0]).toEqual({ headers: [{ token: MASK }] });
    expect(kept({ apiKey: ["k-1", "k-1"] }, { apiKey: [MASK, MASK] })[0]).toEqual({ apiKey: ["k-1", "k-1"] });
  });

  test("nothing shows whether a guess of what tells them apart is right", () => {
    const hides = (path: readonly string[]) => (path.at(-1) === "name" ? ("mask" as const) : undefined);
    const [right, wrong] = ["a", "z"].map((name) => kept(HOOKS, { hooks: [{ name, on: true }] }, hides)[1]);
    expect(right).toEqual(wrong);
  });
});
