import { EMAIL_TEMPLATES, missingVariables, ownText, reference } from "../email-texts.js";
import { forbidden, invalid, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import { pageOf } from "../page.js";
import type { Route, SandboxRequest } from "../route.js";
import {
  type BrandTemplate,
  type EmailCustomization,
  emailTemplateArea,
  type NewCustomization,
} from "../state/email-template-store.js";
import type { JsonObject } from "../state/model.js";
import { brandOf } from "./brand-view.js";
import {
  customizationOf,
  linksOf,
  preview,
  shownCustomization,
  shownSettings,
  shownTemplate,
  templateOf,
  textFor,
} from "./email-template-view.js";
import { bodyOf, doerOf, textIn } from "./shared.js";

const PAGING = { defaultLimit: 20, maxLimit: 200, beyond: "refuse" } as const;

const ALL = "/api/v1/brands/{brandId}/templates/email";
const ONE = `${ALL}/{templateName}`;

export function emailTemplateRoutes(org: Org): Route[] {
  return [...templateRoutes(org), ...customizationRoutes(org)];
}

function templateRoutes(org: Org): Route[] {
  const store = org.area(emailTemplateArea);
  const read = "okta.templates.read";
  return [
    {
      method: "GET",
      template: ALL,
      scope: read,
      handle(request) {
        const brand = brandOf(org, request);
        const items = EMAIL_TEMPLATES.map((template) => ({ id: template.name, brand, template }));
        return pageOf(request, items, PAGING, ({ id: _id, ...of }) => shownTemplate(org, of, request));
      },
    },
    {
      method: "GET",
      template: ONE,
      scope: read,
      handle: (request) => ({ status: 200, json: shownTemplate(org, templateOf(org, request), request) }),
    },
    {
      method: "GET",
      template: `${ONE}/default-content`,
      scope: read,
      handle(request) {
        const of = templateOf(org, request);
        const links = linksOf(org, of, "default-content", { template: "", preview: "default-content/preview" });
        return { status: 200, json: { ...ownText(of.template, languageOf(request)), _links: links } };
      },
    },
    {
      method: "GET",
      template: `${ONE}/default-content/preview`,
      scope: read,
      handle(request) {
        const of = templateOf(org, request);
        const text = preview(org, request, ownText(of.template, languageOf(request)));
        const links = linksOf(org, of, "default-content/preview", { template: "", defaultContent: "default-content" });
        return { status: 200, json: { ...text, _links: links } };
      },
    },
    {
      method: "GET",
      template: `${ONE}/settings`,
      scope: read,
      handle: (request) => ({ status: 200, json: shownSettings(org, templateOf(org, request)) }),
    },
    {
      method: "PUT",
      template: `${ONE}/settings`,
      scope: "okta.templates.manage",
      handle(request) {
        const of = templateOf(org, request);
        const asked = textIn(bodyOf(request), "recipients");
        const recipients = of.template.recipients.find((one) => one === asked);
        if (recipients === undefined) {
          throw refusal(422, "E0000189", "This template does not support the recipients value.");
        }
        store.setRecipients(of, recipients, doerOf(org, request));
        return { status: 200, json: shownSettings(org, of) };
      },
    },
    {
      method: "POST",
      template: `${ONE}/test`,
      scope: read,
      handle(request) {
        const of = templateOf(org, request);
        const user = org.users.get(request.caller?.subject ?? "");
        if (user === undefined) throw forbidden("A test email goes to a user; no user is signed in.");
        const { email, secondEmail } = user.profile;
        const to = [email, secondEmail].filter((address) => typeof address === "string" && address !== "").map(String);
        const text = preview(org, request, textFor(org, of, languageOf(request)));
        store.send({ ...text, templateName: of.template.name, to }, of, doerOf(org, request));
        return { status: 204 };
      },
    },
  ];
}

function customizationRoutes(org: Org): Route[] {
  const store = org.area(emailTemplateArea);
  const read = "okta.templates.read";
  const manage = "okta.templates.manage";
  const all = `${ONE}/customizations`;
  const one = `${all}/{customizationId}`;
  return [
    {
      method: "GET",
      template: all,
      scope: read,
      handle(request) {
        const of = templateOf(org, request);
        return pageOf(request, store.customizationsOf(of), PAGING, (item) => shownCustomization(org, of, item));
      },
    },
    {
      method: "POST",
      template: all,
      scope: manage,
      handle(request) {
        const of = templateOf(org, request);
        const present = store.customizationsOf(of);
        const { isDefault, ...given } = customizationIn(of, bodyOf(request));
        refuseTaken(present, given.language);
        if (isDefault === true && present.length > 0) {
          throw refusal(409, "E0000182", "A default email template customization already exists.");
        }
        return { status: 201, json: shownCustomization(org, of, store.add(of, given, doerOf(org, request))) };
      },
    },
    {
      method: "DELETE",
      template: all,
      scope: manage,
      handle(request) {
        store.removeAll(templateOf(org, request), doerOf(org, request));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      template: one,
      scope: read,
      handle(request) {
        const of = templateOf(org, request);
        return { status: 200, json: shownCustomization(org, of, customizationOf(org, of, request)) };
      },
    },
    {
      method: "PUT",
      template: one,
      scope: manage,
      handle(request) {
        const of = templateOf(org, request);
        const customization = customizationOf(org, of, request);
        const { isDefault, ...given } = customizationIn(of, bodyOf(request));
        const others = store.customizationsOf(of).filter((other) => other !== customization);
        refuseTaken(others, given.language);
        if (isDefault === false && customization.isDefault) {
          const summary = "The isDefault parameter of the default email template customization can't be set to false.";
          throw refusal(409, "E0000185", summary);
        }
        store.replace(of, customization.id, given, isDefault === true, doerOf(org, request));
        return { status: 200, json: shownCustomization(org, of, customization) };
      },
    },
    {
      method: "DELETE",
      template: one,
      scope: manage,
      handle(request) {
        const of = templateOf(org, request);
        const customization = customizationOf(org, of, request);
        if (customization.isDefault) {
          throw refusal(409, "E0000184", "A default email template customization can't be deleted.");
        }
        store.remove(of, customization.id, doerOf(org, request));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      template: `${one}/preview`,
      scope: read,
      handle(request) {
        const of = templateOf(org, request);
        const customization = customizationOf(org, of, request);
        const path = `customizations/${customization.id}`;
        const links = linksOf(org, of, `${path}/preview`, { template: "", contentSource: path });
        return { status: 200, json: { ...preview(org, request, customization), _links: links } };
      },
    },
  ];
}

/** @throws OktaRefusal 400 E0000001 */
function customizationIn({ template }: BrandTemplate, body: JsonObject): NewCustomization {
  const { id: _id, created: _created, lastUpdated: _lastUpdated, _links, ...given } = body;
  const [language, subject, text] = [textIn(body, "language"), textIn(body, "subject"), textIn(body, "body")];
  if (!isLanguageTag(language)) throw invalid("language", "language: The value must be a language tag.");
  const missing = missingVariables(template, text).map(reference);
  if (missing.length > 0) throw invalid("body", `body: Required variables are missing: ${missing.join(", ")}`);
  return { ...given, language, subject, body: text };
}

function isLanguageTag(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** @throws OktaRefusal 409 E0000183 */
function refuseTaken(others: readonly EmailCustomization[], language: string): void {
  if (others.some((other) => other.language.toLowerCase() === language.toLowerCase())) {
    throw refusal(409, "E0000183", "An email template customization for that language already exists.");
  }
}

function languageOf(request: SandboxRequest): string | undefined {
  const language = request.query.get("language") ?? undefined;
  if (language !== undefined && !isLanguageTag(language)) {
    throw invalid("language", "language: The value must be a language tag.");
  }
  return language;
}
