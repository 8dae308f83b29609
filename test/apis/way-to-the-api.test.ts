import { expect, test } from "vitest";
import { addressOf } from "../../src/apis/api-url.js";
import { createFetch } from "../../src/net/proxy.js";
import { isPublicAddress } from "../../src/net/public-address.js";
import { connectApis, json, loaded, notesSettings, startApi } from "./support-api.js";

const BASE = new URL("https://hr.acme.test/v1/");
const at = (path: string, query = "") => addressOf(BASE, { api: "hr", path, query }).href;

test("a request goes below the base address, as its parts were encoded", () => {
  expect(at("/employees/a%2Fb", "q=a%26b&q=%23")).toBe("https://hr.acme.test/v1/employees/a%2Fb?q=a%26b&q=%23");
  expect(addressOf(new URL("https://hr.acme.test/"), { api: "hr", path: "/x", query: "" }).href).toBe(
    "https://hr.acme.test/x",
  );
});

test.each([
  "/../admin",
  "/%2e%2e/admin",
  "/a/..%2f/../../b",
  "/a/.",
  "\\evil",
  "/\\evil.test/x",
  "@evil.test/",
  "",
  "/a/%2e",
  "/a#b",
  "/a?b=c",
])("the path %j, which leads elsewhere, is refused", (path) => {
  expect(() => at(path)).toThrow(/lead out of the API hr/);
});

test("a query that would end early is refused", () => {
  expect(() => at("/a", "b=c#d")).toThrow(/lead out/);
});

test.each([
  ["straight", {}],
  ["past a proxy", { HTTPS_PROXY: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" }],
])("a name that leads into a private network gets no connection, %s", async (_, env) => {
  const api = await startApi(json(200, {}));
  const origin = api.origin.replace("127.0.0.1", "localhost");
  const apis = await loaded({ hr: notesSettings(origin, { prefix: "" }) });
  const refusing = await connectApis(apis, { fetch: createFetch(env, isPublicAddress) });
  expect((await refusing.call("get_note", { id: "7" })).error).toMatchObject({
    code: "api_down",
    message: expect.stringContaining("its host leads into a private network. Nothing was sent."),
    fix: expect.stringContaining("apis.hr.allow_private"),
  });
  expect(api.arrived).toEqual([]);
  const allowing = await connectApis(apis, { fetch: createFetch(env, () => true) });
  expect(await allowing.get("get_note", { id: "7" })).toMatchObject({ done: true });
});

test("a proxy of the environment leads to an API", async () => {
  const proxy = await startApi(json(200, { through: "proxy" }));
  const apis = await loaded({ hr: notesSettings("https://hr.acme.test", { prefix: "" }) });
  const { call } = await connectApis(apis, { fetch: createFetch({ HTTPS_PROXY: proxy.origin }, isPublicAddress) });
  // The proxy of the test opens no tunnel, so the request ends there.
  expect((await call("get_note", { id: "7" })).error).toMatchObject({ code: "api_down" });
});
