import { brand_id, type Connected, idOf, looking, type Scenario, type Scenarios } from "./scenario.js";

const HTML = "<!doctype html><html lang='ja'><body>ようこそ {{{SignInWidgetResources}}}</body></html>";

async function theme(org: Connected) {
  const { items } = await org.get("list_brand_themes", { brand_id });
  const place = { brand_id, theme_id: (items as { id: string }[])[0]?.id };
  return { place, look: looking(org, "get_brand_theme", place) };
}

const upload: Scenario = {
  async arrange(org) {
    const { place, look } = await theme(org);
    return { args: { ...place, file_path: "a.png" }, look };
  },
  undo: /no copy of an image/,
};

const deleteImage = (name: "logo" | "favicon" | "background_image"): Scenario => ({
  async arrange(org) {
    const { place, look } = await theme(org);
    await org.get(`upload_brand_theme_${name}`, { ...place, file_path: "a.png" });
    return { args: place, look };
  },
  undo: /no copy of an image/,
});

const pageContent = { brand_id, page_content: HTML, csp_mode: "enforced", csp_src_list: ["https://a.example"] };

function replacesPage(page: string, before: "none" | "one"): Scenario {
  return {
    async arrange(org) {
      if (before === "one") await org.get(`replace_${page}`, pageContent);
      return {
        args: { ...pageContent, page_content: `${HTML}!`, csp_mode: "report_only" },
        look: looking(org, `get_${page}`, { brand_id }),
      };
    },
    undo: "back",
  };
}

function deletesPage(page: string): Scenario {
  return {
    async arrange(org) {
      await org.get(`replace_${page}`, pageContent);
      return { args: { brand_id }, look: looking(org, `get_${page}`, { brand_id }) };
    },
    undo: "back",
  };
}

/** The scenarios of brands, themes and pages. */
export const brands: Scenarios = {
  create_brand: {
    arrange: async (org) => ({ args: { name: "Brand ブランド" }, look: looking(org, "list_brands") }),
    undo: "back",
  },
  replace_brand: {
    async arrange(org) {
      const brand = await idOf(org, "create_brand", { name: "Brand ブランド" });
      const policy = {
        agree_to_custom_privacy_policy: true,
        custom_privacy_policy_url: "https://acme.example/privacy",
      };
      await org.get("replace_brand", { brand_id: brand, name: "Brand ブランド", locale: "ja", ...policy });
      const args = { brand_id: brand, name: "Other", remove_powered_by_okta: true, allow_removals: true };
      return { args, look: looking(org, "get_brand", { brand_id: brand }) };
    },
    undo: "back",
  },
  delete_brand: {
    async arrange(org) {
      const brand = await idOf(org, "create_brand", { name: "Brand" });
      return { args: { brand_id: brand }, look: looking(org, "get_brand", { brand_id: brand }) };
    },
    undo: /theme, images, pages and mails for good/,
  },
  replace_brand_theme: {
    async arrange(org) {
      const { place, look } = await theme(org);
      const args = {
        ...place,
        primary_color_hex: "#112233",
        secondary_color_hex: "#445566",
        sign_in_page_touch_point_variant: "BACKGROUND_SECONDARY_COLOR",
        end_user_dashboard_touch_point_variant: "FULL_THEME",
        error_page_touch_point_variant: "BACKGROUND_SECONDARY_COLOR",
        email_template_touch_point_variant: "FULL_THEME",
        primary_color_contrast_hex: "#000000",
        allow_removals: true,
      };
      return { args, look };
    },
    undo: "back",
  },
  upload_brand_theme_logo: upload,
  upload_brand_theme_favicon: upload,
  upload_brand_theme_background_image: upload,
  delete_brand_theme_logo: deleteImage("logo"),
  delete_brand_theme_favicon: deleteImage("favicon"),
  delete_brand_theme_background_image: deleteImage("background_image"),
  replace_customized_sign_in_page: {
    "the first": replacesPage("customized_sign_in_page", "none"),
    another: replacesPage("customized_sign_in_page", "one"),
  },
  replace_preview_sign_in_page: {
    "the first": replacesPage("preview_sign_in_page", "none"),
    another: replacesPage("preview_sign_in_page", "one"),
  },
  replace_customized_error_page: {
    "the first": replacesPage("customized_error_page", "none"),
    another: replacesPage("customized_error_page", "one"),
  },
  replace_preview_error_page: {
    "the first": replacesPage("preview_error_page", "none"),
    another: replacesPage("preview_error_page", "one"),
  },
  delete_customized_sign_in_page: deletesPage("customized_sign_in_page"),
  delete_preview_sign_in_page: deletesPage("preview_sign_in_page"),
  delete_customized_error_page: deletesPage("customized_error_page"),
  delete_preview_error_page: deletesPage("preview_error_page"),
  replace_sign_out_page_settings: {
    "to a page elsewhere": {
      arrange: async (org) => ({
        args: { brand_id, type: "EXTERNALLY_HOSTED", url: "https://acme.example/bye" },
        look: looking(org, "get_sign_out_page_settings", { brand_id }),
      }),
      undo: "back",
    },
    "to Okta's page": {
      async arrange(org) {
        const elsewhere = { brand_id, type: "EXTERNALLY_HOSTED", url: "https://acme.example/bye" };
        await org.get("replace_sign_out_page_settings", elsewhere);
        return {
          args: { brand_id, type: "OKTA_DEFAULT", allow_removals: true },
          look: looking(org, "get_sign_out_page_settings", { brand_id }),
        };
      },
      undo: "back",
    },
  },
};
