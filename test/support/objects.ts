import { EMAIL_TEMPLATES } from "../../sandbox/email-texts.js";
import type { Org } from "../../sandbox/org.js";
import { brandArea } from "../../sandbox/state/brand-store.js";
import { customDomainArea } from "../../sandbox/state/custom-domain-store.js";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { DEVICE_ASSURANCE } from "../../sandbox/state/device-assurance.js";
import { emailDomainArea } from "../../sandbox/state/email-domain-store.js";
import { emailTemplateArea } from "../../sandbox/state/email-template-store.js";

/**
 * Yields arguments by name for everything in the org that a tool can read. Each set is about one object and its
 * parents.
 */
export function* objectsOf(org: Org): Generator<{ [argument: string]: string }> {
  const group_id = org.groups.all().find(({ profile }) => profile.name !== "Everyone")?.id ?? "";
  // An argument takes an id of at most 512 characters. Objects with longer ids appear in lists only.
  for (const { id } of org.users.all()) if (id.length <= 512) yield { user_id: id, group_id };
  for (const { id } of org.groups.all()) yield { group_id: id };
  for (const { id } of org.apps.all()) yield { app_id: id };
  const policies = org.area(POLICIES);
  for (const policy of policies.all()) {
    for (const { id } of policies.rulesOf(policy)) yield { policy_id: policy.id, rule_id: id };
  }
  for (const id of org.area(DEVICE_ASSURANCE).keys()) yield { device_assurance_id: id };
  const brands = org.area(brandArea);
  const template = EMAIL_TEMPLATES[0];
  for (const brand of brands.all()) {
    const mails = template ? org.area(emailTemplateArea).customizationsOf({ brand, template }) : [];
    yield {
      brand_id: brand.id,
      theme_id: brands.themeOf(brand).id,
      ...(template && { template_name: template.name, language: "en" }),
      // The default customization cannot be deleted if there are several. The last one is not the default.
      ...(mails.length > 0 && { customization_id: mails.at(-1)?.id ?? "" }),
    };
  }
  for (const { id } of org.area(customDomainArea).all()) yield { domain_id: id };
  for (const { id } of org.area(emailDomainArea).all()) yield { email_domain_id: id };
}
