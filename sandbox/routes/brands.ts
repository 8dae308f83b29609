import { invalid, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import { pageOf } from "../page.js";
import type { Route, SandboxRequest } from "../route.js";
import { type Brand, brandArea } from "../state/brand-store.js";
import type { JsonObject } from "../state/model.js";
import { brandOf, shownBrand } from "./brand-view.js";
import { bodyOf, doerOf, objectIn, wordsOf } from "./shared.js";

const PAGING = { defaultLimit: 20, maxLimit: 200, beyond: "refuse" } as const;

/** A name that Okta keeps for itself. */
const RESERVED_NAME = "DRAPP_DOMAIN_BRAND";

export function brandRoutes(org: Org): Route[] {
  const store = org.area(brandArea);
  const read = "okta.brands.read";
  const manage = "okta.brands.manage";
  const one = "/api/v1/brands/{brandId}";
  return [
    {
      method: "GET",
      template: "/api/v1/brands",
      scope: read,
      handle(request) {
        const q = (request.query.get("q") ?? "").toLowerCase();
        const found = store.all().filter(({ name }) => name.toLowerCase().includes(q));
        return pageOf(request, found, PAGING, (brand) => shownBrand(org, brand, expandOf(request)));
      },
    },
    {
      method: "POST",
      template: "/api/v1/brands",
      scope: manage,
      handle(request) {
        const name = nameIn(store.all(), bodyOf(request));
        return { status: 201, json: shownBrand(org, store.add({ name }, doerOf(org, request))) };
      },
    },
    {
      method: "GET",
      template: one,
      scope: read,
      handle: (request) => ({ status: 200, json: shownBrand(org, brandOf(org, request), expandOf(request)) }),
    },
    {
      method: "PUT",
      template: one,
      scope: manage,
      handle(request) {
        const brand = brandOf(org, request);
        const { id: _id, isDefault: _isDefault, _links, _embedded, ...settings } = bodyOf(request);
        const name = nameIn(
          store.all().filter((other) => other !== brand),
          settings,
        );
        checkSettings(settings);
        return {
          status: 200,
          json: shownBrand(org, store.replace(brand, { ...settings, name }, doerOf(org, request))),
        };
      },
    },
    {
      method: "DELETE",
      template: one,
      scope: manage,
      handle(request) {
        const brand = brandOf(org, request);
        if (brand.isDefault) throw refusal(409, "E0000200", "A default brand cannot be deleted");
        if (store.links.domains(brand.id).length > 0) {
          throw refusal(409, "E0000201", "A brand associated with a domain cannot be deleted");
        }
        store.remove(brand, doerOf(org, request));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      template: `${one}/domains`,
      scope: read,
      handle: (request) => ({ status: 200, json: { domains: store.links.domains(brandOf(org, request).id) } }),
    },
  ];
}

function expandOf(request: SandboxRequest): string[] {
  const words = wordsOf(request, "expand");
  const odd = words.find((word) => !["themes", "domains", "emailDomain"].includes(word));
  if (odd !== undefined) throw invalid("expand", `expand: "${odd}" is not a value of this parameter.`);
  return words;
}

function nameIn(others: readonly Brand[], { name }: JsonObject): string {
  if (typeof name !== "string" || name.trim() === "") throw invalid("name", "name: The field cannot be left blank");
  if (name === RESERVED_NAME) throw invalid("name", "name: This name is reserved.");
  if (others.some((other) => other.name === name)) throw refusal(409, "E0000202", "Brand name already exists.");
  return name;
}

function checkSettings(settings: JsonObject): void {
  const { customPrivacyPolicyUrl: url, agreeToCustomPrivacyPolicy: agreed, locale } = settings;
  if (url !== undefined && url !== null) {
    if (typeof url !== "string" || !URL.canParse(url)) {
      throw invalid("customPrivacyPolicyUrl", "customPrivacyPolicyUrl: The value must be a URL.");
    }
    if (agreed !== true) {
      const field = "agreeToCustomPrivacyPolicy";
      throw invalid(field, `${field}: Consent is needed to update the custom privacy policy.`);
    }
  }
  if (locale !== undefined && locale !== null && !isLanguageTag(locale)) {
    throw invalid("locale", "locale: The value must be a language tag.");
  }
  objectIn(settings, "defaultApp");
}

function isLanguageTag(value: unknown): boolean {
  try {
    return typeof value === "string" && Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}
