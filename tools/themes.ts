import * as z from "zod";
import { defineTool, type Impact, type ToolContext } from "../src/tool.js";
import { given } from "./shared/bodies.js";
import {
  asObject,
  imageFileName,
  type Json,
  type JsonObject,
  OktaMcpError,
  recogniseImage,
  textAt,
  type Upload,
  undoBy,
  without,
} from "./shared/kit.js";
import { ofBrand } from "./shared/pages.js";
import { brandId, themeId } from "./shared/params.js";

export const listBrandThemes = defineTool({
  name: "list_brand_themes",
  purpose: "find theme",
  title: "List brand themes",
  description: "List a brand's themes (each brand has one): colours, images, variants.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta, list }, a) => list(() => okta.customization.listBrandThemes.page({ brandId: a.brand_id }), {}),
});

export const getBrandTheme = defineTool({
  name: "get_brand_theme",
  purpose: "show theme",
  title: "Get brand theme",
  description: "Get one theme: colours, images, variants.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId, theme_id: themeId }),
  run: ({ okta }, a) => okta.customization.getBrandTheme({ brandId: a.brand_id, themeId: a.theme_id }),
});

function colour(description: string) {
  return z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, { message: "has to be a colour in the form #RRGGBB, e.g. #1662dd" })
    .describe(description);
}

/**
 * Okta's names for the variants of a place. A name that Okta adds later passes too, so that a theme which has it can be
 * replaced.
 */
function variant(place: string, names: readonly string[]) {
  return z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, { message: `has to be the name of a variant: ${names.join(", ")}` })
    .describe(`Choose the look of ${place}: ${names.join(", ")}.`);
}

const contrast = "Set the text on it to #000000 or #ffffff; otherwise Okta chooses.";
const pageVariants = ["BACKGROUND_IMAGE", "BACKGROUND_SECONDARY_COLOR", "OKTA_DEFAULT"];

const theme = z.strictObject({
  brand_id: brandId,
  theme_id: themeId,
  primary_color_hex: colour("Set the colour of buttons and navigation, #RRGGBB."),
  secondary_color_hex: colour("Set the background of pages, #RRGGBB."),
  sign_in_page_touch_point_variant: variant("the sign-in page", pageVariants),
  end_user_dashboard_touch_point_variant: variant("the dashboard", [
    "FULL_THEME",
    "LOGO_ON_FULL_WHITE_BACKGROUND",
    "OKTA_DEFAULT",
    "WHITE_LOGO_BACKGROUND",
  ]),
  error_page_touch_point_variant: variant("the error page", pageVariants),
  email_template_touch_point_variant: variant("emails", ["FULL_THEME", "OKTA_DEFAULT"]),
  primary_color_contrast_hex: colour(contrast).optional(),
  secondary_color_contrast_hex: colour(contrast).optional(),
  loading_page_touch_point_variant: variant("the loading page", ["NONE", "OKTA_DEFAULT"]).optional(),
});

function themeBody(a: z.infer<typeof theme>): JsonObject {
  return {
    primaryColorHex: a.primary_color_hex,
    secondaryColorHex: a.secondary_color_hex,
    signInPageTouchPointVariant: a.sign_in_page_touch_point_variant,
    endUserDashboardTouchPointVariant: a.end_user_dashboard_touch_point_variant,
    errorPageTouchPointVariant: a.error_page_touch_point_variant,
    emailTemplateTouchPointVariant: a.email_template_touch_point_variant,
    ...given({
      primaryColorContrastHex: a.primary_color_contrast_hex,
      secondaryColorContrastHex: a.secondary_color_contrast_hex,
      loadingPageTouchPointVariant: a.loading_page_touch_point_variant,
    }),
  };
}

const SET_BY_OKTA = ["id", "logo", "favicon", "backgroundImage"];

export const replaceBrandTheme = defineTool({
  name: "replace_brand_theme",
  title: "Replace brand theme",
  description:
    "Replace a theme's colours and variants, not its images: start from get_brand_theme. What is left out is refused, or lost with allow_removals.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  input: theme,
  replaces: {
    current: async ({ okta }, a) =>
      (await okta.customization.getBrandTheme({ brandId: a.brand_id, themeId: a.theme_id })) ?? {},
    proposed: themeBody,
    target: ofBrand("theme"),
    setByOkta: SET_BY_OKTA,
    defaults: { loadingPageTouchPointVariant: "OKTA_DEFAULT" },
  },
  change: {
    undo: ({ args, before }, tool) =>
      undoBy(
        tool,
        { brand_id: args.brand_id, theme_id: args.theme_id },
        without(before, [...SET_BY_OKTA, "_embedded"]),
      ),
  },
  run: ({ okta }, a, theme) =>
    okta.customization.replaceBrandTheme({ brandId: a.brand_id, themeId: a.theme_id, theme }),
});

const NO_COPY = "Okta gives out no copy of an image. Upload the one before again, from your own files.";

const themeOf = ({ okta }: ToolContext, a: { brand_id: string; theme_id: string }) =>
  okta.customization.getBrandTheme({ brandId: a.brand_id, themeId: a.theme_id });

const PHOTO_FORMATS: readonly string[] = ["PNG", "JPG", "GIF"];
const ICON_FORMATS: readonly string[] = [...PHOTO_FORMATS, "ICO"];

/** The largest sizes that Okta accepts, by the descriptions of its upload operations. They name none for a favicon. */
const MAX_LOGO_BYTES = 100 * 1024;
const MAX_IMAGE_BYTES = 2 * 1024 * 1024;
const MAX_FAVICON_PIXELS = 512;

const filePath = z.string().min(1).describe("Name a file of this machine in an allowed folder.");

async function readImage({ readFile }: ToolContext, path: string, formats: readonly string[], maxBytes: number) {
  const { data, name } = await readFile(path, { maxBytes });
  const image = recogniseImage(data);
  if (image === undefined || !formats.includes(image.format)) {
    const found = image?.format ?? "no image of a known format";
    throw new OktaMcpError("bad_input", `The file was not uploaded: its content is ${found}.`, {
      fix: `Give a file whose content is ${formats.join(", ")}; its name does not matter.`,
    });
  }
  const file: Upload = { data, name: imageFileName(name, image.format), contentType: image.contentType };
  return { file, size: image.size };
}

export const uploadBrandThemeLogo = defineTool({
  name: "upload_brand_theme_logo",
  title: "Upload brand theme logo",
  description:
    "Upload a theme's logo: PNG, JPG or GIF of at most 100 kB, best wide, transparent, at least 300 x 50 pixels.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  readsFile: "file_path",
  input: z.strictObject({ brand_id: brandId, theme_id: themeId, file_path: filePath }),
  change: {
    state: themeOf,
    becomes: (_a, before) => ({ ...asObject(before), logo: "(the new image)" }),
    undo: NO_COPY,
  },
  async run(context, a) {
    const { file } = await readImage(context, a.file_path, PHOTO_FORMATS, MAX_LOGO_BYTES);
    return context.okta.customization.uploadBrandThemeLogo({ brandId: a.brand_id, themeId: a.theme_id, file });
  },
});

export const uploadBrandThemeFavicon = defineTool({
  name: "upload_brand_theme_favicon",
  title: "Upload brand theme favicon",
  description: "Upload a theme's favicon: square, at most 512 x 512 pixels, best PNG or ICO.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  readsFile: "file_path",
  input: z.strictObject({ brand_id: brandId, theme_id: themeId, file_path: filePath }),
  change: {
    state: themeOf,
    becomes: (_a, before) => ({ ...asObject(before), favicon: "(the new image)" }),
    undo: NO_COPY,
  },
  async run(context, a) {
    const { file, size } = await readImage(context, a.file_path, ICON_FORMATS, MAX_IMAGE_BYTES);
    if (size !== undefined && (size.width !== size.height || size.width > MAX_FAVICON_PIXELS)) {
      throw new OktaMcpError("bad_input", `The file was not uploaded: it has ${size.width} x ${size.height} pixels.`, {
        fix: `Give a square image of at most ${MAX_FAVICON_PIXELS} x ${MAX_FAVICON_PIXELS} pixels.`,
      });
    }
    return context.okta.customization.uploadBrandThemeFavicon({ brandId: a.brand_id, themeId: a.theme_id, file });
  },
});

export const uploadBrandThemeBackgroundImage = defineTool({
  name: "upload_brand_theme_background_image",
  title: "Upload brand theme background image",
  description:
    "Upload a theme's background image: PNG, JPG or GIF of at most 2 MB. Pages of the variant BACKGROUND_IMAGE show it.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  readsFile: "file_path",
  input: z.strictObject({ brand_id: brandId, theme_id: themeId, file_path: filePath }),
  change: {
    state: themeOf,
    becomes: (_a, before) => ({ ...asObject(before), backgroundImage: "(the new image)" }),
    undo: NO_COPY,
  },
  async run(context, a) {
    const { file } = await readImage(context, a.file_path, PHOTO_FORMATS, MAX_IMAGE_BYTES);
    const place = { brandId: a.brand_id, themeId: a.theme_id };
    return context.okta.customization.uploadBrandThemeBackgroundImage({ ...place, file });
  },
});

async function describeImage(
  { okta }: ToolContext,
  a: { brand_id: string; theme_id: string },
  image: { type: string; field: "logo" | "favicon" | "backgroundImage"; instead: string },
): Promise<Impact> {
  const brand = await okta.customization.getBrand({ brandId: a.brand_id });
  const current: Json | undefined = await okta.customization.getBrandTheme({
    brandId: a.brand_id,
    themeId: a.theme_id,
  });
  const address = textAt(current, image.field);
  return {
    target: { type: image.type, name: `of brand ${textAt(brand, "name")}`, id: a.theme_id },
    details: [`now ${address || "none"}`, image.instead, "Okta keeps no copy that could be brought back"],
    state: address,
  };
}

export const deleteBrandThemeLogo = defineTool({
  name: "delete_brand_theme_logo",
  title: "Delete brand theme logo",
  description: "Delete a theme's logo; Okta's own takes its place.",
  scope: "okta.brands.manage",
  effect: "removes",
  input: z.strictObject({ brand_id: brandId, theme_id: themeId }),
  impact: (context, a) =>
    describeImage(context, a, { type: "logo", field: "logo", instead: "pages and emails show Okta's logo instead" }),
  change: { state: themeOf, becomes: (_a, before) => ({ ...asObject(before), logo: null }), undo: NO_COPY },
  run: ({ okta }, a) => okta.customization.deleteBrandThemeLogo({ brandId: a.brand_id, themeId: a.theme_id }),
});

export const deleteBrandThemeFavicon = defineTool({
  name: "delete_brand_theme_favicon",
  title: "Delete brand theme favicon",
  description: "Delete a theme's favicon; Okta's own takes its place.",
  scope: "okta.brands.manage",
  effect: "removes",
  input: z.strictObject({ brand_id: brandId, theme_id: themeId }),
  impact: (context, a) =>
    describeImage(context, a, { type: "favicon", field: "favicon", instead: "browsers show Okta's favicon instead" }),
  change: { state: themeOf, becomes: (_a, before) => ({ ...asObject(before), favicon: null }), undo: NO_COPY },
  run: ({ okta }, a) => okta.customization.deleteBrandThemeFavicon({ brandId: a.brand_id, themeId: a.theme_id }),
});

export const deleteBrandThemeBackgroundImage = defineTool({
  name: "delete_brand_theme_background_image",
  title: "Delete brand theme background image",
  description: "Delete a theme's background image; pages then show none.",
  scope: "okta.brands.manage",
  effect: "removes",
  input: z.strictObject({ brand_id: brandId, theme_id: themeId }),
  impact: (context, a) =>
    describeImage(context, a, {
      type: "background image",
      field: "backgroundImage",
      instead: "sign-in and error pages that show it have no background image",
    }),
  change: { state: themeOf, becomes: (_a, before) => ({ ...asObject(before), backgroundImage: null }), undo: NO_COPY },
  run: ({ okta }, a) =>
    okta.customization.deleteBrandThemeBackgroundImage({ brandId: a.brand_id, themeId: a.theme_id }),
});
