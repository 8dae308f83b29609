import { describe, expect, test } from "vitest";
import { JAPAN_BRAND_ID } from "../../sandbox/seed/brands.js";
import { brandArea, DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { accepts, connect, declines } from "../support/client.js";
import { HOSTILE_IDS } from "../support/hostile.js";

const brand_id = DEFAULT_BRAND_ID;
const at = (path: string, id = brand_id) => `/api/v1/brands/${id}/pages/error${path}`;

const CONTENT =
  "<!doctype html>\r\n<h1>حدث خطأ ما \u200f</h1>\n<p>問題が発生しました {{errorDescription}} 🙈\u2029</p>\t";

const everything = {
  page_content: CONTENT,
  csp_mode: "report_only",
  csp_report_uri: "https://csp.acme.example/report",
  csp_src_list: ["https://cdn.acme.example"],
};

const wire = {
  pageContent: CONTENT,
  contentSecurityPolicySetting: {
    mode: "report_only",
    reportUri: "https://csp.acme.example/report",
    srcList: ["https://cdn.acme.example"],
  },
};

test("get_error_page_resources sends the expansion that was asked for, and shows what it embeds", async () => {
  const { get, sandbox } = await connect({ seed: 1 });
  const root = await get("get_error_page_resources", {
    brand_id: JAPAN_BRAND_ID,
    expand: ["customized", "preview", "previewUrl"],
  });
  const url = new URL(sandbox.requests.at(-1)?.path ?? "", sandbox.origin);
  expect([url.pathname, url.searchParams.get("expand")]).toEqual([
    at("", JAPAN_BRAND_ID),
    "customized,preview,previewUrl",
  ]);
  expect(root).toEqual({
    _embedded: {
      customized: expect.objectContaining({ pageContent: expect.stringContaining("حدث خطأ ما") }),
      previewUrl: expect.stringMatching(/\/error\/preview$/),
    },
  });
});

test("get_default_error_page shows Okta's own page", async () => {
  const { get, sent } = await connect();
  const page = await get("get_default_error_page", { brand_id });
  expect(page.pageContent).toContain("{{errorSummary}}");
  expect(sent()).toEqual([`GET ${at("/default")}`]);
});

describe.each([
  ["customized", "get_customized_error_page", "replace_customized_error_page", "delete_customized_error_page"],
  ["preview", "get_preview_error_page", "replace_preview_error_page", "delete_preview_error_page"],
] as const)("the %s error page", (state, read, replace, remove) => {
  const path = `/${state}`;

  test("is sent by Okta's names and read back, its content unchanged to the byte", async () => {
    const { get, sandbox, lastBody, writes } = await connect();
    expect(await get(replace, { brand_id, ...everything })).toEqual(wire);
    expect(lastBody()).toEqual(wire);
    expect(sandbox.requests.at(-1)?.rawBody.includes(Buffer.from(JSON.stringify(CONTENT)))).toBe(true);
    expect(await get(read, { brand_id })).toEqual(wire);
    expect(writes()).toEqual([`PUT ${at(path)}`]);
  });

  test("keeps fields that nobody knows when it is read, and names them when they would be lost", async () => {
    const { get, call, org } = await connect();
    const store = org.area(brandArea);
    const brand = store.get(brand_id);
    if (brand) store.setPage(brand, "error", state, { ...wire, newField: { deep: true } });
    expect(await get(read, { brand_id })).toEqual({ ...wire, newField: { deep: true } });
    const { error } = await call(replace, { brand_id, ...everything });
    expect(error?.code).toBe("would_remove");
    expect(error?.data.would_be_lost).toEqual(["newField"]);
  });

  test("is not replaced silently by only some of its settings", async () => {
    const { get, call, writes, lastBody } = await connect({ person: accepts });
    await get(replace, { brand_id, ...everything });
    const some = { brand_id, csp_src_list: [] };
    const { error } = await call(replace, some);
    expect(error?.data.would_be_lost).toEqual([
      "pageContent",
      "contentSecurityPolicySetting.mode",
      "contentSecurityPolicySetting.reportUri",
      "contentSecurityPolicySetting.srcList",
    ]);
    expect(writes()).toHaveLength(1);
    await get(replace, { ...some, allow_removals: true });
    expect(lastBody()).toEqual({ contentSecurityPolicySetting: { srcList: [] } });
  });

  test("is not replaced by nothing", async () => {
    const { call, sent } = await connect();
    expect((await call(replace, { brand_id })).error?.code).toBe("bad_input");
    expect(sent()).toEqual([]);
  });

  test.each([204, 200])("may be answered with nothing and status %i", async (status) => {
    const { get, sandbox } = await connect();
    sandbox.next("GET", at(path), { status });
    expect(await get(read, { brand_id })).toEqual({ done: true, brand_id });
    sandbox.next("PUT", at(path), { status, performed: true });
    expect(await get(replace, { brand_id, page_content: "<p>" })).toEqual({ done: true, brand_id });
  });

  test("is deleted once the person agrees", async () => {
    const { get, asked, writes } = await connect({ person: accepts });
    await get(replace, { brand_id, ...everything });
    expect(await get(remove, { brand_id })).toEqual({ done: true, brand_id });
    expect(asked[0]?.message).toMatch(new RegExp(`${state} error page "of brand `));
    expect(asked[0]?.message).toContain(`${CONTENT.length} characters of HTML`);
    expect(asked[0]?.message).toContain("1 source in its content security policy");
    expect(writes().at(-1)).toBe(`DELETE ${at(path)}`);
  });

  test("stays when the person declines, and nobody is asked where there is none", async () => {
    const { call, get, asked, writes } = await connect({ person: declines });
    expect((await call(remove, { brand_id })).error?.code).toBe("conflict");
    expect(asked).toEqual([]);
    await get(replace, { brand_id, ...everything });
    expect((await call(remove, { brand_id })).error?.code).toBe("declined");
    expect(writes()).toEqual([`PUT ${at(path)}`]);
  });
});

test("an id that would leave its place in the path is refused by every tool before any request", async () => {
  const { call, client, sent } = await connect({ person: accepts });
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name).filter((name) => name.includes("error_page"));
  expect(names).toHaveLength(8);
  for (const name of names) {
    for (const id of HOSTILE_IDS) {
      const args = name.startsWith("replace") ? { page_content: "<p>" } : {};
      const { error } = await call(name, { brand_id: id, ...args });
      expect([name, id, error?.code]).toEqual([name, id, "bad_input"]);
    }
  }
  expect(sent()).toEqual([]);
});
