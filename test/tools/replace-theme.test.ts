import { describe, expect, test } from "vitest";
import { JAPAN_BRAND_ID } from "../../sandbox/seed/brands.js";
import { accepts } from "../support/client.js";
import { themes } from "../support/themes.js";

const { open } = themes();

test("list_brand_themes and get_brand_theme show a theme whole, unknown fields included", async () => {
  const { get, place, sent, path } = await open({ seed: 1 }, JAPAN_BRAND_ID);
  const expected = { primaryColorHex: "#bc002d", signInPageTouchPointVariant: "BACKGROUND_IMAGE" };
  const known = expect.objectContaining({ ...expected, seasonalAccentHex: "#f7c6c7" });
  const list = await get("list_brand_themes", { brand_id: JAPAN_BRAND_ID });
  expect(list).toMatchObject({ items: [known], total_fetched: 1, has_more: false });
  expect(await get("get_brand_theme", place)).toEqual(known);
  expect(sent()).toEqual([`GET /api/v1/brands/${JAPAN_BRAND_ID}/themes`, `GET ${path}`]);
});

describe("replace_brand_theme", () => {
  const required = {
    primary_color_hex: "#1662DD",
    secondary_color_hex: "#ebebed",
    sign_in_page_touch_point_variant: "BACKGROUND_IMAGE",
    end_user_dashboard_touch_point_variant: "LOGO_ON_FULL_WHITE_BACKGROUND",
    error_page_touch_point_variant: "OKTA_DEFAULT",
    email_template_touch_point_variant: "FULL_THEME",
  };
  const everything = {
    ...required,
    primary_color_contrast_hex: "#000000",
    secondary_color_contrast_hex: "#FFFFFF",
    loading_page_touch_point_variant: "NONE",
  };

  test("sends every setting by Okta's names, colours as they were written", async () => {
    const { get, place, lastBody, writes, path } = await open();
    const answer = await get("replace_brand_theme", { ...place, ...everything });
    expect(lastBody()).toEqual({
      primaryColorHex: "#1662DD",
      primaryColorContrastHex: "#000000",
      secondaryColorHex: "#ebebed",
      secondaryColorContrastHex: "#FFFFFF",
      signInPageTouchPointVariant: "BACKGROUND_IMAGE",
      endUserDashboardTouchPointVariant: "LOGO_ON_FULL_WHITE_BACKGROUND",
      errorPageTouchPointVariant: "OKTA_DEFAULT",
      emailTemplateTouchPointVariant: "FULL_THEME",
      loadingPageTouchPointVariant: "NONE",
    });
    expect(writes()).toEqual([`PUT ${path}`]);
    expect(answer).toMatchObject({ id: place.theme_id, emailTemplateTouchPointVariant: "FULL_THEME" });
  });

  test("keeps the images", async () => {
    const { get, place, store, brand, theme } = await open();
    store.changeTheme(brand, { logo: "https://acme.example/logo.png" });
    await get("replace_brand_theme", { ...place, ...everything });
    expect(theme().logo).toBe("https://acme.example/logo.png");
  });

  test("names the optional settings that would get lost, unless they are what Okta takes anyway", async () => {
    const { call, get, place, store, brand, lastBody, writes } = await open({ person: accepts });
    const contrasts = ["primaryColorContrastHex", "secondaryColorContrastHex"];
    const { error } = await call("replace_brand_theme", { ...place, ...required });
    expect(error?.code).toBe("would_remove");
    expect(error?.data.would_be_lost).toEqual(contrasts);
    store.changeTheme(brand, { loadingPageTouchPointVariant: "NONE", seasonalAccentHex: "#f7c6c7" });
    const again = await call("replace_brand_theme", { ...place, ...required });
    expect(again.error?.data.would_be_lost).toEqual([
      ...contrasts,
      "loadingPageTouchPointVariant",
      "seasonalAccentHex",
    ]);
    expect(writes()).toEqual([]);
    await get("replace_brand_theme", { ...place, ...required, allow_removals: true });
    expect(lastBody()).not.toHaveProperty("primaryColorContrastHex");
  });

  test.each(["1662dd", "#1662d", "#1662ddff", "#16g2dd", "red", " ", "#1662dd\n", "rgb(0,0,0)", "#fff"])(
    "refuses %j as a colour, with the form that is meant",
    async (colour) => {
      const { call, place, sent } = await open();
      for (const name of ["primary_color_hex", "secondary_color_contrast_hex"]) {
        const { error } = await call("replace_brand_theme", { ...place, ...everything, [name]: colour });
        expect(error?.message).toMatch(new RegExp(`${name}.*#RRGGBB`));
      }
      expect(sent()).toEqual([]);
    },
  );

  test("names the variants there are, and lets Okta judge one that was added later", async () => {
    const { call, place, sent, sandbox, get, path } = await open();
    const named = await call("replace_brand_theme", {
      ...place,
      ...everything,
      email_template_touch_point_variant: "full",
    });
    expect(named.error?.message).toMatch(/email_template_touch_point_variant.*FULL_THEME, OKTA_DEFAULT/);
    expect(sent()).toEqual([]);
    const later = { ...place, ...everything, error_page_touch_point_variant: "HOLOGRAM" };
    const judged = await call("replace_brand_theme", later);
    expect(judged.error?.code).toBe("bad_input");
    expect(judged.error?.message).toMatch(/BACKGROUND_IMAGE, BACKGROUND_SECONDARY_COLOR, OKTA_DEFAULT/);
    sandbox.next("PUT", path, { status: 200, json: { errorPageTouchPointVariant: "HOLOGRAM" } });
    expect(await get("replace_brand_theme", later)).toEqual({ errorPageTouchPointVariant: "HOLOGRAM" });
  });
});
