import { expect, test } from "vitest";
import { NO_RULES } from "../../src/guard/rules.js";
import { accepts } from "../support/client.js";
import { connectApis, json, loaded, startApi } from "./support-api.js";

const ok = { responses: { 200: { description: "Fine" } } };
const text = { type: "string" };
const open = { type: "object", additionalProperties: text };
const form = (schema: object, encoding?: object) => ({
  required: true,
  content: { "application/x-www-form-urlencoded": { schema, ...(encoding && { encoding }) } },
});

/** A document whose author let callers give more than they thought. */
const CARELESS = {
  openapi: "3.1.0",
  info: { title: "Careless", version: "1" },
  paths: {
    "/people": {
      get: {
        operationId: "find",
        parameters: [
          { name: "gpid", in: "query", schema: text },
          { name: "filter", in: "query", style: "form", explode: true, schema: open },
          { name: "where", in: "query", style: "deepObject", explode: true, schema: open },
          { name: "where[team]", in: "query", schema: text },
          { name: "_method", in: "query", schema: text },
          { name: "X-HTTP-Method-Override", in: "header", schema: text },
          { name: "X-Rewrite-URL", in: "header", schema: text },
        ],
        ...ok,
      },
      post: { operationId: "add", requestBody: form(open), ...ok },
      put: {
        operationId: "set",
        requestBody: form({ type: "object", properties: { more: open } }, { more: { style: "form", explode: true } }),
        ...ok,
      },
      patch: {
        operationId: "change",
        requestBody: { required: true, content: { "application/json": { schema: open } } },
        ...ok,
      },
    },
    "/headers": {
      get: {
        operationId: "headers",
        parameters: [
          { name: "X-Person", in: "header", required: true, schema: text },
          { name: "x-person", in: "header", schema: text },
        ],
        ...ok,
      },
    },
    "/required": {
      get: {
        operationId: "required",
        parameters: [{ name: "X-Method-Override", in: "header", required: true, schema: text }],
        ...ok,
      },
    },
  },
};

const claims = { gpid: "GP1" };
const identity = {
  authorize: async () => ({ headers: {}, query: {} }),
  refused: () => {},
  claims: async () => claims,
};

async function careless(settings: object = {}) {
  const api = await startApi(json(200, { fine: true }));
  const apis = await loaded(
    {
      hr: {
        document: "./careless.json",
        base_url: api.origin,
        auth: { kind: "none" },
        prefix: "",
        operations: ["find", "add", "set", "change"].map((id) => ({ id })),
        ...settings,
      },
    },
    { "careless.json": JSON.stringify(CARELESS), key: "topsecretkey" },
  );
  return { api, apis, ...(await connectApis(apis, { identity, person: accepts })) };
}

test("no member of an argument takes the place of a parameter that is bound to the caller", async () => {
  const { api, call, get } = await careless({ bind: { gpid: ["claim:gpid"], "where[team]": ["claim:gpid"] } });
  await get("find", { filter: { city: "Bern" }, where: { city: "Bern" } });
  expect(api.sent()).toEqual(["GET /people?gpid=GP1&city=Bern&where%5Bcity%5D=Bern&where%5Bteam%5D=GP1"]);
  for (const args of [
    { filter: { gpid: "GP2" } },
    { filter: { GPID: "GP2" } },
    { filter: { "gpid[]": "GP2" } },
    { filter: { " gpid": "GP2" } },
    { filter: { "where[team]": "GP2" } },
    { where: { team: "GP2" } },
  ]) {
    const { error } = await call("find", args);
    expect(error?.code, JSON.stringify(args)).toBe("bad_input");
    expect(error?.message).toContain("which is a parameter of its own");
  }
  expect(api.sent()).toHaveLength(1);
});

test("no argument of any form compares with an attribute that a guard file hides", async () => {
  const api = await startApi(json(200, { fine: true }));
  const search = { name: "q", in: "query", schema: text };
  const document = structuredClone(CARELESS);
  document.paths["/people"].get.parameters.push(
    search as never,
    { name: "X-Order", in: "header", schema: text } as never,
  );
  const apis = await loaded(
    {
      hr: {
        document: "./careless.json",
        base_url: api.origin,
        auth: { kind: "none" },
        prefix: "",
        operations: [{ id: "find" }],
      },
    },
    { "careless.json": JSON.stringify(document) },
  );
  const { call, get } = await connectApis(apis, { guard: { ...NO_RULES, file: "guard.json", mask: ["ssn"] } });
  await get("find", { q: "city:Bern", filter: { city: "Bern" }, "X-Order": "-city" });
  for (const args of [
    { q: "ssn:756" },
    { q: "city=Bern;SSN>=7" },
    { filter: { ssn: "756" } },
    { where: { "person.ssn": "756" } },
    { "X-Order": "-ssn" },
    { "X-Order": "ssn-desc" },
  ]) {
    expect((await call("find", args)).error?.code, JSON.stringify(args)).toBe("protected");
  }
  expect(api.arrived).toHaveLength(1);
});

test("the key of an API in the query cannot be given a second time", async () => {
  const auth = { kind: "api_key", file: "key", in: "query", name: "api_key" };
  const { api, call } = await careless({ auth, operations: [{ id: "find" }] });
  expect((await call("find", { filter: { api_key: "mine" } })).error?.code).toBe("bad_input");
  expect(api.sent()).toEqual([]);
});

test("nothing in a call makes a server take another method than that of the request", async () => {
  const { api, apis, call } = await careless();
  const find = apis[0]?.chosen.find(({ operation }) => operation.id === "find");
  expect(Object.keys(find?.tool.input.shape ?? {})).toEqual(["gpid", "filter", "where", "where_team"]);
  for (const [tool, args] of [
    ["find", { filter: { _method: "DELETE" } }],
    ["find", { filter: { _METHOD: "DELETE" } }],
    ["add", { body: { _method: "DELETE" } }],
    ["add", { body: { "X-HTTP-Method-Override": "DELETE" } }],
    ["set", { body: { more: { _method: "DELETE" } } }],
    ["change", { body: { _method: "DELETE" } }],
  ] as const) {
    expect((await call(tool, args)).error?.code, `${tool} ${JSON.stringify(args)}`).toBe("bad_input");
  }
  expect(api.sent()).toEqual([]);
});

test("an operation that needs a header with another method cannot be chosen", async () => {
  await expect(careless({ operations: [{ id: "required" }] })).rejects.toThrow("required, which cannot be called");
});

test("two spellings of a header are one header, so that a bound one has no other beside it", async () => {
  const { api, apis, call, get } = await careless({
    operations: [{ id: "headers" }],
    bind: { "x-person": ["claim:gpid"] },
  });
  expect(apis[0]?.chosen[0]?.tool.input.shape).toEqual({});
  await get("headers");
  expect((await call("headers", { "X-Person": "GP2" })).error?.code).toBe("bad_input");
  expect(api.arrived.map(({ headers }) => headers["x-person"])).toEqual(["GP1"]);
});
