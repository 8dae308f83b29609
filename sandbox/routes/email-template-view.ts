import { EMAIL_TEMPLATES, type EmailText, filledIn, ownText } from "../email-texts.js";
import { invalid, notFound } from "../okta-error.js";
import type { Org } from "../org.js";
import type { SandboxRequest } from "../route.js";
import { type BrandTemplate, type EmailCustomization, emailTemplateArea } from "../state/email-template-store.js";
import type { JsonObject, User } from "../state/model.js";
import { brandOf, linkTo } from "./brand-view.js";
import { wordsOf } from "./shared.js";

/** The template of a brand that a path names. @throws OktaRefusal 404, in Okta's words */
export function templateOf(org: Org, request: SandboxRequest): BrandTemplate {
  const brand = brandOf(org, request);
  const name = request.params.templateName ?? "";
  const template = EMAIL_TEMPLATES.find((one) => one.name === name);
  if (template === undefined) throw notFound(name, "EmailTemplate");
  return { brand, template };
}

/** The customization that a path names. @throws OktaRefusal 404, in Okta's words */
export function customizationOf(org: Org, of: BrandTemplate, request: SandboxRequest): EmailCustomization {
  const id = request.params.customizationId ?? "";
  const found = org.area(emailTemplateArea).get(of, id);
  if (found === undefined) throw notFound(id, "EmailCustomization");
  return found;
}

/** The text that goes out: the customization for the language, else the default one, else the org's own. */
export function textFor(org: Org, of: BrandTemplate, language: string | undefined): EmailText {
  const customizations = org.area(emailTemplateArea).customizationsOf(of);
  return (
    customizations.find((one) => one.language.toLowerCase() === language?.toLowerCase()) ??
    customizations.find((one) => one.isDefault) ??
    ownText(of.template, language)
  );
}

/** A text with its variables filled in for the caller. */
export function preview(org: Org, request: SandboxRequest, text: EmailText): EmailText {
  return filledIn(text, valuesFor(org, org.users.get(request.caller?.subject ?? "")));
}

function valuesFor(org: Org, user: User | undefined): ReadonlyMap<string, string> {
  const profile = user?.profile ?? { firstName: "John", lastName: "Doe", login: "john.doe@example.com" };
  const own = Object.entries(profile).flatMap(([name, value]): [string, string][] => [
    [`user.profile.${name}`, String(value ?? "")],
    [`user.${name}`, String(value ?? "")],
  ]);
  const links = EMAIL_TEMPLATES.flatMap(({ required }) => required).map((name): [string, string] => [
    name,
    name.endsWith("Link") ? `${org.origin}/preview/${name}` : "123456",
  ]);
  return new Map([["org.name", org.name], ["orgName", org.name], ["baseURL", org.origin], ...links, ...own]);
}

/** A template in Okta's form, with the embedded parts of `expand`. */
export function shownTemplate(org: Org, of: BrandTemplate, request: SandboxRequest): JsonObject {
  const expand = wordsOf(request, "expand");
  if (expand.some((word) => word !== "settings" && word !== "customizationCount")) {
    throw invalid("expand", "expand: The values are settings and customizationCount.");
  }
  const count = org.area(emailTemplateArea).customizationsOf(of).length;
  const embedded: JsonObject = {
    ...(expand.includes("settings") && { settings: shownSettings(org, of) }),
    ...(expand.includes("customizationCount") && { customizationCount: count }),
  };
  return {
    name: of.template.name,
    ...(expand.length > 0 && { _embedded: embedded }),
    _links: linksOf(org, of, "", {
      settings: "settings",
      defaultContent: "default-content",
      customizations: "customizations",
      test: "test",
    }),
  };
}

/** The recipients of a template's mails, in Okta's form. */
export function shownSettings(org: Org, of: BrandTemplate): JsonObject {
  const recipients = org.area(emailTemplateArea).recipientsOf(of);
  return { recipients, _links: linksOf(org, of, "settings", { template: "" }) };
}

/** A customized text in Okta's form. */
export function shownCustomization(org: Org, of: BrandTemplate, customization: EmailCustomization): JsonObject {
  const path = `customizations/${customization.id}`;
  return {
    ...customization,
    _links: linksOf(org, of, path, { template: "", preview: `${path}/preview`, test: "test" }),
  };
}

/** The allowed methods of paths below a template, by the last segment. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  settings: ["GET", "PUT"],
  customizations: ["GET", "POST", "DELETE"],
  test: ["POST"],
};

/** Links to paths below a template: to the shown object itself, and to others by their names. */
export function linksOf(
  org: Org,
  { brand, template }: BrandTemplate,
  self: string,
  others: Record<string, string>,
): JsonObject {
  const base = `/api/v1/brands/${brand.id}/templates/email/${template.name}`;
  const link = (path: string) => {
    const isCustomization = /^customizations\/[^/]+$/.test(path);
    const allow = isCustomization ? ["GET", "PUT", "DELETE"] : (ALLOWED[path] ?? ["GET"]);
    return linkTo(org, path === "" ? base : `${base}/${path}`, ...allow);
  };
  return Object.fromEntries(Object.entries({ self, ...others }).map(([name, path]) => [name, link(path)]));
}
