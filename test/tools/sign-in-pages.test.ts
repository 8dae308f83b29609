import { describe, expect, test } from "vitest";
import { JAPAN_BRAND_ID } from "../../sandbox/seed/brands.js";
import { brandArea, DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { accepts, connect, declines } from "../support/client.js";
import { HOSTILE_IDS } from "../support/hostile.js";

const brand_id = DEFAULT_BRAND_ID;
const at = (path: string, id = brand_id) => `/api/v1/brands/${id}/pages/sign-in${path}`;

/** A text in which each byte has to arrive: scripts, directions, joined emoji, line ends, markup and escapes. */
const CONTENT =
  "<!doctype html>\r\n<p>ようこそ ברוכים הבאים مرحبا \u202e 👩🏽‍💻 e\u0301 é ﬁ \u2028\u00a0\ufeff</p>\n\t<script>\"\\u0041\" && '{{{SignInWidgetResources}}}' </script>&amp;\u0001\r";

const everything = {
  page_content: CONTENT,
  widget_version: "^7",
  widget_customizations: {
    signInLabel: "サインイン",
    widgetGeneration: "G3",
    postAuthKeepMeSignedInPrompt: { title: "Stay?" },
    newField: { deep: [1, null, "x"] },
  },
  csp_mode: "enforced",
  csp_report_uri: "https://csp.acme.example/report",
  csp_src_list: ["https://cdn.acme.example", "data:"],
};

const wire = {
  pageContent: CONTENT,
  widgetCustomizations: everything.widget_customizations,
  widgetVersion: "^7",
  contentSecurityPolicySetting: {
    mode: "enforced",
    reportUri: "https://csp.acme.example/report",
    srcList: ["https://cdn.acme.example", "data:"],
  },
};

describe("get_sign_in_page_resources", () => {
  test("sends the expansion that was asked for, and shows what it embeds whole", async () => {
    const { get, sandbox } = await connect({ seed: 1 });
    const expand = ["default", "customized", "customizedUrl", "preview", "previewUrl"];
    const root = await get("get_sign_in_page_resources", { brand_id: JAPAN_BRAND_ID, expand });
    const url = new URL(sandbox.requests.at(-1)?.path ?? "", sandbox.origin);
    expect([url.pathname, url.searchParams.get("expand")]).toEqual([at("", JAPAN_BRAND_ID), expand.join()]);
    expect(root).toMatchObject({
      _embedded: {
        default: { widgetVersion: "*" },
        customized: { reviewedBy: "デザイン部", widgetCustomizations: { seasonalGreeting: "桜の季節です" } },
        customizedUrl: expect.stringMatching(/^http/),
        preview: { widgetVersion: "7.36" },
        previewUrl: expect.stringMatching(/\/login\/preview$/),
      },
    });
  });

  test("embeds nothing for a page that there is not", async () => {
    const { get } = await connect();
    const root = await get("get_sign_in_page_resources", { brand_id, expand: ["customized", "default"] });
    expect(Object.keys(root._embedded as object)).toEqual(["default"]);
    expect(await get("get_sign_in_page_resources", { brand_id, include_links: true })).toHaveProperty("_links.preview");
  });
});

describe.each([
  ["get_customized_sign_in_page", "/customized"],
  ["get_preview_sign_in_page", "/preview"],
] as const)("%s", (tool, path) => {
  test("shows the page whole, in any language and with unknown fields", async () => {
    const { get, org, sent } = await connect();
    const store = org.area(brandArea);
    const brand = store.get(brand_id);
    if (brand) store.setPage(brand, "sign-in", path === "/preview" ? "preview" : "customized", { ...wire, x: [1] });
    expect(await get(tool, { brand_id })).toEqual({ ...wire, x: [1] });
    expect(sent()).toEqual([`GET ${at(path)}`]);
  });

  test("says that there is none", async () => {
    const { call } = await connect();
    expect((await call(tool, { brand_id })).error?.code).toBe("not_found");
  });

  test.each([204, 200])("takes an empty answer with status %i for an answer", async (status) => {
    const { get, sandbox } = await connect();
    sandbox.next("GET", at(path), { status });
    expect(await get(tool, { brand_id })).toEqual({ done: true, brand_id });
  });
});

test("get_default_sign_in_page shows Okta's own page", async () => {
  const { get, sent } = await connect();
  const page = await get("get_default_sign_in_page", { brand_id });
  expect(page).toMatchObject({ pageContent: expect.stringContaining("{{{OktaUtil}}}"), widgetVersion: "*" });
  expect(sent()).toEqual([`GET ${at("/default")}`]);
});

describe.each([
  ["replace_customized_sign_in_page", "get_customized_sign_in_page", "/customized"],
  ["replace_preview_sign_in_page", "get_preview_sign_in_page", "/preview"],
] as const)("%s", (replace, read, path) => {
  test("sends every setting by Okta's names, and the content unchanged to the byte", async () => {
    const { get, sandbox, lastBody, writes } = await connect();
    const answer = await get(replace, { brand_id, ...everything });
    expect(lastBody()).toEqual(wire);
    expect(sandbox.requests.at(-1)?.rawBody.includes(Buffer.from(JSON.stringify(CONTENT)))).toBe(true);
    expect(answer).toEqual(wire);
    expect(await get(read, { brand_id })).toEqual(wire);
    expect(writes()).toEqual([`PUT ${at(path)}`]);
  });

  test("needs nothing to be there before, and sends only what was given", async () => {
    const { get, lastBody } = await connect();
    await get(replace, { brand_id, csp_report_uri: "https://csp.acme.example" });
    expect(lastBody()).toEqual({ contentSecurityPolicySetting: { reportUri: "https://csp.acme.example" } });
  });

  test("names everything that giving only some arguments would drop, and changes nothing", async () => {
    const { call, get, writes, lastBody } = await connect({ person: accepts });
    await get(replace, { brand_id, ...everything });
    const some = {
      brand_id,
      page_content: "<p>",
      csp_mode: "report_only",
      widget_customizations: { signInLabel: "x" },
    };
    const { error } = await call(replace, some);
    expect(error?.code).toBe("would_remove");
    expect(error?.data.would_be_lost).toEqual([
      "contentSecurityPolicySetting.reportUri",
      "contentSecurityPolicySetting.srcList",
      "widgetCustomizations.widgetGeneration",
      "widgetCustomizations.postAuthKeepMeSignedInPrompt",
      "widgetCustomizations.newField",
      "widgetVersion",
    ]);
    expect(writes()).toHaveLength(1);
    await get(replace, { ...some, allow_removals: true });
    expect(lastBody()).toEqual({
      pageContent: "<p>",
      contentSecurityPolicySetting: { mode: "report_only" },
      widgetCustomizations: { signInLabel: "x" },
    });
  });

  test.each([204, 200])("takes an empty answer with status %i for a success", async (status) => {
    const { get, sandbox } = await connect();
    sandbox.next("PUT", at(path), { status, performed: true });
    expect(await get(replace, { brand_id, page_content: "<p>" })).toEqual({ done: true, brand_id });
  });

  test("refuses to replace a page by nothing", async () => {
    const { call, sent } = await connect();
    for (const args of [{}, { allow_removals: true }]) {
      expect((await call(replace, { brand_id, ...args })).error?.message).toMatch(/nothing to put on the page/);
    }
    expect(sent()).toEqual([]);
  });

  test.each(["*", "7", "^7", "7.20", "^7.20", "5.15.1"])("takes %j as a widget version", async (version) => {
    const { get, lastBody } = await connect();
    await get(replace, { brand_id, widget_version: version });
    expect(lastBody()).toEqual({ widgetVersion: version });
  });

  test.each([" ", "latest", "v7", "~7", "7.x", "7.20.1.2", "^", "7 ", "*7"])(
    "refuses %j as a widget version",
    async (version) => {
      const { call, sent } = await connect();
      const { error } = await call(replace, { brand_id, widget_version: version });
      expect(error?.message).toMatch(/widget_version/);
      expect(sent()).toEqual([]);
    },
  );

  test("refuses a mode that there is not, and an argument that it does not know", async () => {
    const { call, sent } = await connect();
    const odd = await call(replace, { brand_id, csp_mode: "enforce" });
    expect(odd.error?.message).toMatch(/csp_mode.*enforced.*report_only/);
    const unknown = await call(replace, { brand_id, page_contents: "<p>" });
    expect(unknown.error?.message).toMatch(/"page_contents" \(did you mean page_content\?\)/);
    expect(sent()).toEqual([]);
  });
});

describe.each([
  ["delete_customized_sign_in_page", "/customized", "customized"],
  ["delete_preview_sign_in_page", "/preview", "preview"],
] as const)("%s", (tool, path, state) => {
  test("shows which page of which brand goes, and deletes it once the person agrees", async () => {
    const { get, asked, writes, org } = await connect({ seed: 1, person: accepts });
    expect(await get(tool, { brand_id: JAPAN_BRAND_ID })).toEqual({ done: true, brand_id: JAPAN_BRAND_ID });
    expect(asked[0]?.message).toMatch(new RegExp(`${state} sign-in page "of brand アクメ・ロボティクス"`));
    expect(asked[0]?.message).toMatch(/\d+ characters of HTML/);
    expect(writes()).toEqual([`DELETE ${at(path, JAPAN_BRAND_ID)}`]);
    const store = org.area(brandArea);
    const brand = store.get(JAPAN_BRAND_ID);
    expect(brand && store.pageOf(brand, "sign-in", state)).toBeUndefined();
  });

  test("does nothing when the person declines, nor when the page changed meanwhile", async () => {
    const declined = await connect({ seed: 1, person: declines });
    expect((await declined.call(tool, { brand_id: JAPAN_BRAND_ID })).error?.code).toBe("declined");
    const changed = await connect({
      seed: 1,
      person() {
        const store = changed.org.area(brandArea);
        const brand = store.get(JAPAN_BRAND_ID);
        if (brand) store.setPage(brand, "sign-in", state, { pageContent: "<p>other</p>" });
        return { action: "accept", content: { confirm: true } };
      },
    });
    expect((await changed.call(tool, { brand_id: JAPAN_BRAND_ID })).error?.code).toBe("conflict");
    expect([...declined.writes(), ...changed.writes()]).toEqual([]);
  });

  test("asks nobody where there is no such page", async () => {
    const { call, asked, writes } = await connect({ person: accepts });
    const { error } = await call(tool, { brand_id });
    expect(error?.code).toBe("conflict");
    expect(error?.message).toMatch(new RegExp(`no ${state} sign-in page`));
    expect(asked).toEqual([]);
    expect(writes()).toEqual([]);
  });

  test("names the tool that finds the brand where there is none", async () => {
    const { call } = await connect({ person: accepts });
    const { error, text } = await call(tool, { brand_id: "bndNobody" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_brands");
  });
});

test("list_sign_in_widget_versions lists the versions as they are", async () => {
  const { get, sent } = await connect();
  const { items } = await get("list_sign_in_widget_versions", { brand_id });
  expect(items).toContain("7.36");
  expect((items as string[]).every((version) => /^\d+\.\d+$/.test(version))).toBe(true);
  expect(sent()).toEqual([`GET ${at("/widget-versions")}`]);
});

test("an id that would leave its place in the path is refused by every tool before any request", async () => {
  const { call, client, sent } = await connect({ person: accepts });
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name).filter((name) => /sign_in_(page|widget)/.test(name));
  expect(names).toHaveLength(9);
  for (const name of names) {
    for (const id of HOSTILE_IDS) {
      const args = name.startsWith("replace") ? { page_content: "<p>" } : {};
      const { error } = await call(name, { brand_id: id, ...args });
      expect([name, id, error?.code]).toEqual([name, id, "bad_input"]);
    }
  }
  expect(sent()).toEqual([]);
});
