import { describe, expect, test } from "vitest";
import type { Json } from "../../src/json/json.js";
import { shape } from "../../src/results/shape.js";
import { tooLarge, withinLimit } from "../../src/results/size-limit.js";
import { findMask, MASK } from "../../src/text/secrets.js";

describe("what a model gets to see", () => {
  test("is Okta's JSON whole, but for links", () => {
    const item = {
      id: "1",
      _links: { self: "x" },
      _embedded: { user: { _links: {}, name: "A" } },
      none: null,
      no: false,
    };
    expect(shape(item)).toEqual({ id: "1", _embedded: { user: { name: "A" } }, none: null, no: false });
    expect(shape(item, { includeLinks: true })).toEqual(item);
  });

  test("keeps attributes with the names of JavaScript's own", () => {
    const text =
      '{"__proto__":{"value":1},"constructor":{"value":"v"},"toString":{"hash":{"x":"y"}},"hasOwnProperty":"h"}';
    expect(JSON.stringify(shape(JSON.parse(text)))).toBe(text);
    expect(JSON.stringify(shape(JSON.parse(text), { fields: ["__proto__.value"] }))).toBe('{"__proto__":{"value":1}}');
    expect(({} as { value?: unknown }).value).toBeUndefined();
  });

  test("shows the fields that are asked for, and keeps the items of a list together", () => {
    const event: Json = {
      id: "e1",
      target: [
        { type: "User", only: "first" },
        { type: "App", id: "a1" },
        { id: "x", type: null },
      ],
    };
    expect(shape(event, { fields: ["target.type", "target.id"] })).toEqual({
      target: [{ type: "User" }, { type: "App", id: "a1" }, { id: "x", type: null }],
    });
    expect(shape(event, { fields: ["target"] })).toEqual({ target: event.target });
    expect(shape(event, { fields: ["nothing", "id.deeper"] })).toEqual({});
    expect(shape(event, { fields: [] })).toEqual(event);
  });

  test("finds a field whose name has a dot", () => {
    const user = { profile: { "cost.centre": { code: 7 }, cost: { other: 1 } } };
    expect(shape(user, { fields: ["profile.cost.centre"] })).toEqual({ profile: { "cost.centre": { code: 7 } } });
    expect(shape(user, { fields: ["profile.cost.centre.code"] })).toEqual({ profile: { "cost.centre": { code: 7 } } });
  });

  test("follows a path as deep as there is something, at no cost for how long it is", () => {
    let nested: Json = "here";
    for (let level = 0; level < 90; level += 1) nested = { a: nested };
    expect(shape(nested, { fields: [Array(90).fill("a").join(".")] })).toEqual(nested);
    expect(shape(nested, { fields: [Array(1_000_000).fill("a").join(".")] })).toEqual({});
  });
});

describe("a secret", () => {
  test.each([
    [{ client_secret: "s" }],
    [{ clientSecret: "s" }],
    [{ deep: [{ privateKey: "s" }] }],
    [{ credentials: { password: { value: "s" } } }],
    [{ credentials: { password: { hash: { value: "s", salt: "s", algorithm: "BCRYPT" } } } }],
    [{ credentials: { recovery_question: { question: "q", answer: "s" } } }],
    [{ keys: [{ kty: "RSA", n: "public", d: "s", p: "s", q: "s", dp: "s", dq: "s", qi: "s" }] }],
    [{ keys: [{ kty: "oct", k: "s" }] }],
    [{ profile: { SharedSecret: "s", factorType: "token:hotp" } }],
    [{ access_token: "s", refresh_token: "s", id_token: "s" }],
    [{ password: "s" }],
    [{ settings: { app: { token: "s" } } }],
    [{ secret: 4711 }],
    [{ secret: ["s", "s"] }],
  ])("is masked in %j", (value) => {
    const text = JSON.stringify(shape(value));
    expect(text).toContain(MASK);
    expect(text).not.toMatch(/"s"|4711/);
  });

  test("is not seen where there is none", () => {
    const policy = {
      settings: { password: { complexity: { minLength: 8 }, age: { maxAgeDays: 90 } } },
      credentials: { password: {}, emails: [{ value: "a@b.example" }], provider: { type: "OKTA" } },
      refresh_token: { rotation_type: "ROTATE" },
      secret: "",
      password: null,
      hash: { algorithm: "SHA" },
      token_endpoint_auth_method: "client_secret_basic",
      revealPassword: true,
      d: "a day",
      keys: [{ kty: "EC", x: "public", y: "public" }],
    };
    expect(shape(policy)).toEqual(policy);
  });

  test("is found again where somebody sends the mask back", () => {
    expect(findMask({ a: [{ b: MASK }] })).toBe("a.0.b");
    expect(findMask({ a: `about ${MASK}`, b: null })).toBeUndefined();
  });
});

describe("a result that is too large", () => {
  test("is replaced by its id and the sizes of its largest fields, within the limit", () => {
    const value = { id: "00u1", profile: { bio: "x".repeat(50_000), city: "Oslo" }, small: 1 };
    const stand = withinLimit(value, 1_000);
    expect(stand).toMatchObject({
      id: "00u1",
      too_large: true,
      characters: JSON.stringify(value).length,
      characters_by_field: { "profile.bio": 50_002, "profile.city": 6, small: 1 },
    });
    expect(JSON.stringify(stand).length).toBeLessThanOrEqual(1_000);
  });

  test("stays small however many fields there are and however long their names", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`attribute${n}`, "x".repeat(n % 90)]));
    const long = { ["n".repeat(100_000)]: 1, id: "i".repeat(100_000) };
    for (const value of [many, long, { profile: many }, []]) {
      expect(JSON.stringify(tooLarge(value, 2_000)).length).toBeLessThanOrEqual(2_000);
    }
  });

  test("is left alone where it fits", () => {
    const value = { items: [1], id: "x" };
    expect(withinLimit(value, 100)).toBe(value);
  });
});
