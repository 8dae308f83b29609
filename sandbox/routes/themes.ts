import { type ImageFormat, isNamedAs, recogniseImage } from "../../src/checks/image.js";
import { type UploadedFile, uploadedFile } from "../multipart.js";
import { invalid, notFound } from "../okta-error.js";
import type { Org } from "../org.js";
import type { Route, SandboxRequest } from "../route.js";
import { type Brand, brandArea, type Theme } from "../state/brand-store.js";
import type { JsonObject } from "../state/model.js";
import { brandOf, shownTheme } from "./brand-view.js";
import { bodyOf, doerOf } from "./shared.js";

const PAGES = ["BACKGROUND_IMAGE", "BACKGROUND_SECONDARY_COLOR", "OKTA_DEFAULT"];

/** The variants of each place: schemas `…TouchPointVariant` of the Management API document. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  signInPageTouchPointVariant: PAGES,
  endUserDashboardTouchPointVariant: [
    "FULL_THEME",
    "LOGO_ON_FULL_WHITE_BACKGROUND",
    "OKTA_DEFAULT",
    "WHITE_LOGO_BACKGROUND",
  ],
  errorPageTouchPointVariant: PAGES,
  emailTemplateTouchPointVariant: ["FULL_THEME", "OKTA_DEFAULT"],
  loadingPageTouchPointVariant: ["NONE", "OKTA_DEFAULT"],
};
const OPTIONAL = ["loadingPageTouchPointVariant", "primaryColorContrastHex", "secondaryColorContrastHex"];

/**
 * An image of a theme: the formats and sizes that Okta accepts (description of its upload operation), and the answer.
 */
interface ImageRule {
  segment: string;
  field: "logo" | "favicon" | "backgroundImage";
  formats: readonly ImageFormat[];
  maxBytes: number;
  status: number;
}

const IMAGES: readonly ImageRule[] = [
  { segment: "logo", field: "logo", formats: ["PNG", "JPG", "GIF"], maxBytes: 100 * 1024, status: 200 },
  {
    segment: "favicon",
    field: "favicon",
    formats: ["PNG", "JPG", "GIF", "ICO"],
    maxBytes: 2 * 1024 * 1024,
    status: 201,
  },
  {
    segment: "background-image",
    field: "backgroundImage",
    formats: ["PNG", "JPG", "GIF"],
    maxBytes: 2 * 1024 * 1024,
    status: 201,
  },
];

export function themeRoutes(org: Org): Route[] {
  const store = org.area(brandArea);
  const read = "okta.brands.read";
  const manage = "okta.brands.manage";
  const all = "/api/v1/brands/{brandId}/themes";
  const one = `${all}/{themeId}`;
  return [
    {
      method: "GET",
      template: all,
      scope: read,
      handle(request) {
        const brand = brandOf(org, request);
        return { status: 200, json: [shownTheme(org, brand, store.themeOf(brand))] };
      },
    },
    {
      method: "GET",
      template: one,
      scope: read,
      handle(request) {
        const { brand, theme } = themeOf(org, request);
        return { status: 200, json: shownTheme(org, brand, theme) };
      },
    },
    {
      method: "PUT",
      template: one,
      scope: manage,
      handle(request) {
        const { brand } = themeOf(org, request);
        const theme = store.changeTheme(brand, settingsIn(bodyOf(request)), doerOf(org, request));
        return { status: 200, json: shownTheme(org, brand, theme) };
      },
    },
    ...IMAGES.flatMap((image): Route[] => [
      {
        method: "POST",
        template: `${one}/${image.segment}`,
        scope: manage,
        async handle(request) {
          const { brand } = themeOf(org, request);
          check(image, await uploadedFile(request));
          const url = `${org.origin}/fs/bco/${image.segment}/${org.newId("fs0")}`;
          store.changeTheme(brand, { [image.field]: url }, doerOf(org, request));
          return { status: image.status, json: { url } };
        },
      },
      {
        method: "DELETE",
        template: `${one}/${image.segment}`,
        scope: manage,
        handle(request) {
          const { brand } = themeOf(org, request);
          store.changeTheme(brand, { [image.field]: store.ownImage(image.field) }, doerOf(org, request));
          return { status: 204 };
        },
      },
    ]),
  ];
}

function themeOf(org: Org, request: SandboxRequest): { brand: Brand; theme: Theme } {
  const brand = brandOf(org, request);
  const theme = org.area(brandArea).themeOf(brand);
  const { themeId = "" } = request.params;
  if (theme.id !== themeId) throw notFound(themeId, "Theme");
  return { brand, theme };
}

/** The complete settings of a body. Missing ones get Okta's own value. */
function settingsIn(body: JsonObject): JsonObject {
  const { id: _id, logo: _logo, favicon: _favicon, backgroundImage: _background, _links, ...settings } = body;
  const causes: string[] = [];
  for (const [name, known] of Object.entries(VARIANTS)) {
    const value = settings[name];
    if (value === undefined && OPTIONAL.includes(name)) continue;
    if (typeof value !== "string" || !known.includes(value)) {
      causes.push(`${name}: The value must be one of ${known.join(", ")}.`);
    }
  }
  for (const part of ["primary", "secondary"]) {
    for (const name of [`${part}ColorHex`, `${part}ColorContrastHex`]) {
      const value = settings[name] ?? undefined;
      if (value === undefined && OPTIONAL.includes(name)) continue;
      if (typeof value !== "string" || !/^#[0-9a-f]{6}$/i.test(value))
        causes.push(`${name}: The value must be #RRGGBB.`);
    }
  }
  if (causes.length > 0) throw invalid(causes[0]?.split(":")[0] ?? "theme", ...causes);
  return {
    primaryColorContrastHex: contrastOf(String(settings.primaryColorHex)),
    secondaryColorContrastHex: contrastOf(String(settings.secondaryColorHex)),
    loadingPageTouchPointVariant: "OKTA_DEFAULT",
    ...settings,
  };
}

/** Black or white, whichever is easier to read on a colour (by its luma, ITU-R BT.601). */
function contrastOf(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 150 ? "#000000" : "#ffffff";
}

function check({ field, formats, maxBytes }: ImageRule, { data, name }: UploadedFile): void {
  const image = recogniseImage(data);
  // Okta checks both the content and the ending of the name.
  if (image === undefined || !formats.includes(image.format) || !formats.some((format) => isNamedAs(format, name))) {
    throw invalid("file", `file: The file must be in ${formats.join(", ")} format.`);
  }
  if (data.byteLength > maxBytes) throw invalid("file", `file: The file must be less than ${maxBytes} bytes in size.`);
  const { width, height } = image.size ?? { width: 1, height: 1 };
  if (field === "favicon" && (width !== height || width > 512)) {
    throw invalid("file", "file: The file must have a 1:1 ratio with a maximum dimension of 512 x 512.");
  }
}
