import { describe, expect, test } from "vitest";
import { CARE_BRAND_ID } from "../../sandbox/seed/brands.js";
import { brandArea, DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { accepts, connect } from "../support/client.js";
import { HOSTILE_IDS } from "../support/hostile.js";

const brand_id = DEFAULT_BRAND_ID;
const path = `/api/v1/brands/${brand_id}/pages/sign-out/customized`;
const url = "https://care.acme.example/goodbye?lang=日本語";

test("get_sign_out_page_settings shows the settings whole", async () => {
  const { get, sent, org } = await connect({ seed: 1 });
  const store = org.area(brandArea);
  const care = store.get(CARE_BRAND_ID);
  if (care) store.setSignOut(care, { type: "FUTURE_PAGE", url, newField: [1] });
  expect(await get("get_sign_out_page_settings", { brand_id })).toEqual({ type: "OKTA_DEFAULT" });
  expect(await get("get_sign_out_page_settings", { brand_id: CARE_BRAND_ID })).toEqual({
    type: "FUTURE_PAGE",
    url,
    newField: [1],
  });
  expect(sent()[0]).toBe(`GET ${path}`);
});

describe("replace_sign_out_page_settings", () => {
  test("sends people to an address of the org's own, and back to Okta's page", async () => {
    const { get, call, lastBody, writes } = await connect({ person: accepts });
    const own = { type: "EXTERNALLY_HOSTED", url };
    expect(await get("replace_sign_out_page_settings", { brand_id, ...own })).toEqual(own);
    expect(lastBody()).toEqual(own);
    const back = { brand_id, type: "OKTA_DEFAULT" };
    expect((await call("replace_sign_out_page_settings", back)).error?.data).toEqual({ would_be_lost: ["url"] });
    expect(await get("replace_sign_out_page_settings", { ...back, allow_removals: true })).toEqual({
      type: "OKTA_DEFAULT",
    });
    expect(lastBody()).toEqual({ type: "OKTA_DEFAULT" });
    expect(writes()).toEqual([`PUT ${path}`, `PUT ${path}`]);
  });

  test("needs an address for a page elsewhere, and says so before any request", async () => {
    const { call, sent } = await connect();
    const missing = await call("replace_sign_out_page_settings", { brand_id, type: "EXTERNALLY_HOSTED" });
    expect(missing.error?.code).toBe("bad_input");
    expect(missing.error?.message).toMatch(/url/);
    for (const bad of ["", "goodbye", "javascript:alert(1)", "ftp://a.example/", "//a.example/x"]) {
      const args = { brand_id, type: "EXTERNALLY_HOSTED", url: bad };
      expect((await call("replace_sign_out_page_settings", args)).error?.code).toBe("bad_input");
    }
    expect(sent()).toEqual([]);
  });

  test("names the types there are", async () => {
    const { call, sent } = await connect();
    const { error } = await call("replace_sign_out_page_settings", { brand_id, type: "CUSTOM" });
    expect(error?.message).toMatch(/OKTA_DEFAULT.*EXTERNALLY_HOSTED/);
    expect(sent()).toEqual([]);
  });

  test("names a setting that it does not know of and that would get lost", async () => {
    const { call, org, writes } = await connect();
    const store = org.area(brandArea);
    const brand = store.get(brand_id);
    if (brand) store.setSignOut(brand, { type: "EXTERNALLY_HOSTED", url, keepQuery: true });
    const { error } = await call("replace_sign_out_page_settings", { brand_id, type: "OKTA_DEFAULT" });
    expect(error?.data.would_be_lost).toEqual(["url", "keepQuery"]);
    expect(writes()).toEqual([]);
  });

  test.each([204, 200])("takes an empty answer with status %i for a success", async (status) => {
    const { get, sandbox } = await connect();
    sandbox.next("PUT", path, { status, performed: true });
    const args = { brand_id, type: "OKTA_DEFAULT" };
    expect(await get("replace_sign_out_page_settings", args)).toEqual({ done: true, brand_id });
  });
});

test("an id that would leave its place in the path is refused before any request", async () => {
  const { call, sent } = await connect();
  for (const id of HOSTILE_IDS) {
    expect((await call("get_sign_out_page_settings", { brand_id: id })).error?.code).toBe("bad_input");
    const args = { brand_id: id, type: "OKTA_DEFAULT" };
    expect((await call("replace_sign_out_page_settings", args)).error?.code).toBe("bad_input");
  }
  expect(sent()).toEqual([]);
});
