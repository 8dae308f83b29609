import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/json/json.js";
import { type Loss, losses, named, type Replacing, widensToEverybody } from "../../src/results/losses.js";
import { MASK } from "../../src/text/secrets.js";

const NOTHING_OF_OKTAS: Replacing = { setByOkta: [] };

/** The paths of the losses. */
function lost(current: Json, proposed: Json, replacing = NOTHING_OF_OKTAS): string[] {
  return losses(current, proposed, replacing).map((loss) => named(loss, current).path);
}

/** The losses of a field `x` that changes from one value to another. */
function becomes(now: Json, then: Json): [path: string, how: Loss["how"]][] {
  return losses({ x: now }, { x: then }, NOTHING_OF_OKTAS).map((loss) => [named(loss, { x: now }).path, loss.how]);
}

describe("what a full replace would lose", () => {
  const current = {
    id: "1",
    label: "A",
    status: "ACTIVE",
    empty: "",
    nothing: null,
    list: [],
    hollow: { inner: { deep: null } },
    off: false,
    zero: 0,
    settings: { app: { url: "u", port: 1 }, signOn: { x: 1 } },
    credentials: { oauthClient: { client_id: "c", client_secret: MASK } },
    _links: { self: {} },
    _embedded: { a: 1 },
  };
  const replacing = { setByOkta: ["id", "status", "credentials.oauthClient.client_id"] };

  test("is what is set now and not named by the body", () => {
    const body = { label: "B", settings: { app: { url: "v" } }, credentials: { oauthClient: {} } };
    expect(lost(current, body, replacing)).toEqual(["off", "zero", "settings.app.port", "settings.signOn"]);
  });

  test("is nothing where the body has it all, also with other values", () => {
    expect(lost(current, { ...current, off: true, zero: 5, label: "B" }, replacing)).toEqual([]);
    expect(lost({}, {})).toEqual([]);
    expect(lost({ switch: true, port: 5 }, { switch: false, port: 0 })).toEqual([]);
    expect(lost({ port: "5", big: 12, on: "true" }, { port: 5, big: "12", on: true })).toEqual([]);
  });

  test("counts an argument that was not given as missing", () => {
    expect(lost({ profile: { name: "A" } }, { profile: undefined } as never)).toEqual(["profile"]);
  });

  test.each<[string, Json, Json]>([
    ["nothing", "text", null],
    ["an empty text", "text", ""],
    ["nothing for a number", 5, null],
    ["nothing for a switch", true, null],
    ["nothing for a list", ["a"], null],
    ["an empty list", ["a", "b"], []],
    ["nothing for an object", { a: 1 }, null],
    ["an empty text for an object", { a: 1 }, ""],
    ["an empty list for an object", { a: 1 }, []],
    ["an empty object for a list", ["a"], {}],
    ["an object of nothing for a text", "a", { b: null }],
  ])("is what gives way to %s", (_, now, then) => {
    expect(becomes(now, then)).toEqual([["x", "emptied"]]);
  });

  test.each<[string, Json, Json]>([
    ["a text for a list", ["a"], "a"],
    ["a text for an object", { a: 1 }, "a"],
    ["a switch for an object", { a: 1 }, false],
    ["a list for an object", { a: 1 }, [1]],
    ["an object for a text", "a", { a: 1 }],
    ["a list for a text", "a", ["a"]],
    ["zero for a list", ["a"], 0],
    ["zero for an object", { a: 1 }, 0],
    ["a number for a text", "a", 0],
    ["a switch for a text", "a", false],
    ["a switch for a number", 5, false],
    ["a text for a number", 5, "a"],
  ])("is what gives way to another kind of thing: %s", (_, now, then) => {
    expect(becomes(now, then)).toEqual([["x", "replaced"]]);
  });

  test("is told field by field where an object has some of them left, or none", () => {
    expect(becomes({ a: { b: 1, c: 2 } }, { a: { b: null, c: 2 } })).toEqual([["x.a.b", "emptied"]]);
    expect(becomes({ a: 1, b: 2 }, {})).toEqual([
      ["x.a", "left_out"],
      ["x.b", "left_out"],
    ]);
  });

  test("leaves out what Okta sets itself and its defaults, in the items of lists as well", () => {
    const keys = (more: JsonObject) => ({ keys: [{ kid: "k1", e: "AQAB", ...more }], page: "STANDARD" });
    const replacing = { setByOkta: ["keys.created"], defaults: { page: "STANDARD" } };
    expect(lost(keys({ created: "2026", use: "sig" }), { keys: keys({}).keys }, replacing)).toEqual([
      "keys[kid=k1].use",
    ]);
  });

  test("leaves out secrets that Okta does not show, and no others", () => {
    const hook = (secret: string) => ({ channel: [{ name: "a", secret, headers: ["x"] }], password: { value: "" } });
    const body = { channel: [{ name: "a", headers: ["x"] }] };
    expect(lost(hook("********"), body)).toEqual([]);
    expect(lost(hook("s3cret"), body), "what was kept is in the body by then").toEqual(["channel[name=a].secret"]);
    expect(becomes({ token: "s3cret" }, { token: "" })).toEqual([["x.token", "emptied"]]);
    expect(becomes({ token: "s3cret" }, { token: "other" })).toEqual([]);
  });
});

describe("a list", () => {
  test.each(["key", "id", "kid", "name", "type"])("has its items told apart by %s", (field) => {
    const item = (name: string, more: JsonObject = {}) => ({ [field]: name, ...more });
    const now = [item("a", { enroll: { self: "REQUIRED" }, x: 1 }), item("b"), item("c")];
    expect(becomes(now, [item("c"), item("a", { enroll: {}, x: 2 }), item("new")])).toEqual([
      [`x[${field}=a].enroll.self`, "left_out"],
      [`x[${field}=b]`, "left_out"],
    ]);
    expect(becomes(now, [item("c"), item("b"), now[0] as Json])).toEqual([]);
  });

  test("has them told apart by what all of them have, each its own", () => {
    const now = [
      { key: "custom_app", id: "aut1", on: true },
      { key: "custom_app", id: "aut2", on: true },
    ];
    expect(becomes(now, [now[1] as Json, { key: "custom_app", id: "aut1" }])).toEqual([["x[id=aut1].on", "left_out"]]);
    // A new item has no id yet.
    expect(becomes(now, [...now, { key: "okta_email" }])).toEqual([]);
  });

  test.each(["key", "id", "kid", "name", "type"])("loses an item whose %s another one of the body takes", (field) => {
    const item = (name: string, more: JsonObject = {}) => ({ [field]: name, ...more });
    const now = [item("a", { x: 1 }), item("b", { x: 1 })];
    const gone = [[`x[${field}=b]`, "left_out"]];
    expect(becomes(now, [item("a", { x: 1 }), item("a", { x: 1 })])).toEqual(gone);
    // Further items of the body do not hide the loss.
    expect(becomes(now, [item("a", { x: 1 }), item("c", { x: 1 }), "text"])).toEqual(gone);
    expect(becomes(now, [item("a", { x: 1 }), item("c", { x: 1 }), null])).toEqual(gone);
  });

  test("has to hold all in each of several items with one name, and may have several of one type", () => {
    const now: JsonObject[] = [{ id: "a", x: 1 }, { id: "b" }];
    expect(becomes(now, [...now, { id: "a" }])).toEqual([["x[id=a].x", "left_out"]]);
    const desktop = { type: "DESKTOP", os: { type: "MACOS" } };
    expect(becomes([desktop], [desktop, { type: "DESKTOP" }])).toEqual([]);
    expect(becomes([desktop], [{ type: "DESKTOP" }, { type: "DESKTOP", os: {} }])).toEqual([
      ["x[type=DESKTOP].os", "left_out"],
    ]);
  });

  test("of plain values loses those that are not there any more, wherever the others stand", () => {
    expect(becomes(["a", "b", 1, "1", true], [true, "1", "c", "b"])).toEqual([
      ['x["a"]', "left_out"],
      ["x[1]", "left_out"],
    ]);
    expect(becomes(["a", "a"], ["a"])).toEqual([]);
    expect(becomes(["a", "", null], ["a"])).toEqual([]);
  });

  test("of items that nothing tells apart goes by what is equal, then by place", () => {
    const knowledge = { knowledge: { required: true, types: ["password"] } };
    const possession = { possession: { deviceBound: "REQUIRED", phishing: "REQUIRED" } };
    expect(becomes([knowledge, possession], [possession, knowledge])).toEqual([]);
    expect(becomes([knowledge, possession], [possession])).toEqual([["x[0]", "left_out"]]);
    expect(becomes([possession, knowledge], [{ possession: { deviceBound: "REQUIRED" } }, knowledge])).toEqual([
      ["x[0].possession.phishing", "left_out"],
    ]);
    expect(becomes([{ u: "a" }, { u: "b" }], [{ u: "a" }, { u: "a" }]), "repeated").toEqual([["x[1]", "left_out"]]);
    expect(becomes([{ u: "a" }, { u: "a" }], [{ u: "a" }, { u: "a" }])).toEqual([]);
    expect(becomes([["a", "b"], ["c"]], [["c"], ["a"]])).toEqual([['x[0]["b"]', "left_out"]]);
    expect(becomes([{ a: 1 }, ["b"]], ["text", ["b"]])).toEqual([["x[0]", "left_out"]]);
    expect(becomes([{ a: 1 }, "b"], [["a"], "b"])).toEqual([["x[0]", "replaced"]]);
  });

  test("of any length is compared without comparing each item with every other", () => {
    const long = Array.from({ length: 50_000 }, (_, n) => ({ on: n % 2 === 0 }));
    expect(becomes(long, long.slice(0, -1))).toHaveLength(1);
    expect(becomes(long.map(String), long.map(String))).toEqual([]);
  });

  test("shows no value that may not be seen", () => {
    const now = { tags: ["s3cret", "b"], people: [{ name: "Eve", age: 5 }] };
    const hidden = { tags: MASK, people: [{ name: MASK, age: 5 }] };
    const found = losses(now, { tags: ["b"], people: [{ name: "Bob" }] }, NOTHING_OF_OKTAS);
    expect(found.map((loss) => named(loss, hidden).path)).toEqual(["tags[0]", `people[name=${MASK}]`]);
    expect(found.map((loss) => named(loss, {}).path)).toEqual(["tags[0]", "people[0]"]);
  });
});

test("conditions that name people and would name none are for everybody", () => {
  const people = (groups: Json, users: Json) => ({ conditions: { people: { groups, users } } });
  const some = people({ include: ["00g1"], exclude: [] }, { include: ["00u1"] });
  expect(widensToEverybody(some, people({ include: [] }, {}))).toBe(true);
  expect(widensToEverybody(some, people({ exclude: ["00g2"] }, null))).toBe(true);
  expect(widensToEverybody(some, { name: "x" })).toBe(true);
  expect(widensToEverybody(some, people({ include: [] }, { include: ["00u1"] }))).toBe(false);
  expect(widensToEverybody({ name: "x" }, { name: "y" })).toBe(false);
});
