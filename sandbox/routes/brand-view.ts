import { notFound } from "../okta-error.js";
import type { Org } from "../org.js";
import type { SandboxRequest } from "../route.js";
import { type Brand, brandArea, type Theme } from "../state/brand-store.js";
import type { JsonObject } from "../state/model.js";
import { href } from "./shared.js";

/** The brand that a path names. @throws OktaRefusal 404, in Okta's words */
export function brandOf(org: Org, request: SandboxRequest): Brand {
  const id = request.params.brandId ?? "";
  const found = org.area(brandArea).get(id);
  if (found === undefined) throw notFound(id, "Brand");
  return found;
}

/** A link in Okta's form, with the methods that it allows. */
export function linkTo(org: Org, path: string, ...allow: string[]): JsonObject {
  return { ...href(org, path), hints: { allow } };
}

/** A brand in Okta's form, with the embedded parts of `expand`. */
export function shownBrand(org: Org, brand: Brand, expand: readonly string[] = []): JsonObject {
  const store = org.area(brandArea);
  const path = `/api/v1/brands/${brand.id}`;
  const emailDomainId = typeof brand.emailDomainId === "string" ? brand.emailDomainId : undefined;
  const emailDomain = emailDomainId === undefined ? undefined : store.links.emailDomain(emailDomainId);
  const embedded: JsonObject = {
    ...(expand.includes("themes") && { themes: [shownTheme(org, brand, store.themeOf(brand))] }),
    ...(expand.includes("domains") && { domains: store.links.domains(brand.id) }),
    ...(expand.includes("emailDomain") && emailDomain !== undefined && { emailDomain }),
  };
  return {
    ...brand,
    ...(expand.length > 0 && { _embedded: embedded }),
    _links: {
      self: linkTo(org, path, "GET", "PUT", "DELETE"),
      themes: linkTo(org, `${path}/themes`, "GET"),
      ...(emailDomainId !== undefined && {
        emailDomain: linkTo(org, `/api/v1/email-domains/${emailDomainId}`, "GET", "PUT"),
      }),
    },
  };
}

/** A theme in Okta's form. */
export function shownTheme(org: Org, brand: Brand, theme: Theme): JsonObject {
  const path = `/api/v1/brands/${brand.id}/themes/${theme.id}`;
  return { ...theme, _links: { self: linkTo(org, path, "GET", "PUT") } };
}
