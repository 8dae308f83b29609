import { readFile } from "node:fs/promises";
import { customDomainArea } from "../../../sandbox/state/custom-domain-store.js";
import { dnsArea } from "../../../sandbox/state/dns.js";
import { emailDomainArea, recordsOf } from "../../../sandbox/state/email-domain-store.js";
import { brand_id, type Connected, idOf, looking, type Scenarios } from "./scenario.js";

const template = { brand_id, template_name: "ForgotPassword" };

/** A template whose mail an org may turn off for everybody. */
const optional = { brand_id, template_name: "AccountLockout" };

// biome-ignore lint/suspicious/noTemplateCurlyInString: the text holds a variable of Okta's templates
const text = { subject: "S", body: "<p>${resetPasswordLink}</p>" };

const customization = (org: Connected, language: string) =>
  idOf(org, "create_email_customization", { ...template, ...text, language });

const texts = (org: Connected) => looking(org, "list_email_customizations", template);

const domains = { domain: "login.acme.example", certificate_source_type: "MANUAL" };

const sender = { brand_id, domain: "mail.acme.example", display_name: "Acme 株", user_name: "no-reply" };

const fixture = (name: string) => readFile(new URL(`../../fixtures/certificates/${name}`, import.meta.url), "utf8");

/** The scenarios of email texts, custom domains and email domains. */
export const mailsAndDomains: Scenarios = {
  create_email_customization: {
    "the first": {
      arrange: async (org) => ({ args: { ...template, ...text, language: "en" }, look: texts(org) }),
      undo: "back",
    },
    another: {
      async arrange(org) {
        await customization(org, "en");
        return { args: { ...template, ...text, language: "ja" }, look: texts(org) };
      },
      undo: "back",
    },
  },
  replace_email_customization: {
    "its texts": {
      async arrange(org) {
        const customization_id = await customization(org, "en");
        return {
          args: { ...template, customization_id, ...text, subject: "Другой", language: "en" },
          look: texts(org),
        };
      },
      undo: "back",
    },
    "into the default": {
      async arrange(org) {
        await customization(org, "en");
        const customization_id = await customization(org, "ja");
        const args = { ...template, customization_id, ...text, subject: "新", language: "ja", is_default: true };
        return { args, look: texts(org) };
      },
      undo: "back",
    },
  },
  delete_email_customization: {
    async arrange(org) {
      await customization(org, "en");
      return { args: { ...template, customization_id: await customization(org, "ja") }, look: texts(org) };
    },
    undo: "with new ids",
  },
  delete_all_email_customizations: {
    async arrange(org) {
      await customization(org, "en");
      await customization(org, "ja");
      return { args: template, look: texts(org) };
    },
    undo: "with new ids",
  },
  replace_email_settings: {
    arrange: async (org) => ({
      args: { ...optional, recipients: "NO_USERS" },
      look: looking(org, "get_email_settings", optional),
    }),
    undo: "back",
  },
  send_test_email: {
    arrange: async () => ({ args: template, look: async () => Math.random() }),
    undo: /mail that was sent/,
  },
  create_custom_domain: {
    arrange: async (org) => ({ args: domains, look: looking(org, "list_custom_domains") }),
    undo: "back",
  },
  replace_custom_domain: {
    async arrange(org) {
      const domain_id = org.org
        .area(customDomainArea)
        .add({ domain: domains.domain, certificateSourceType: "MANUAL", brandId: brand_id }).id;
      const other = await idOf(org, "create_brand", { name: "Other" });
      return { args: { domain_id, brand_id: other }, look: looking(org, "get_custom_domain", { domain_id }) };
    },
    undo: "back",
  },
  delete_custom_domain: {
    async arrange(org) {
      const domain_id = await idOf(org, "create_custom_domain", domains);
      return { args: { domain_id }, look: looking(org, "get_custom_domain", { domain_id }) };
    },
    undo: /create_custom_domain, set the DNS records/,
  },
  verify_custom_domain: {
    async arrange(org) {
      const domain_id = await idOf(org, "create_custom_domain", domains);
      return { args: { domain_id }, look: async () => Math.random() };
    },
    undo: /What a check has found/,
  },
  upsert_custom_domain_certificate: {
    async arrange(org) {
      const store = org.org.area(customDomainArea);
      const domain = store.add({
        domain: "login.acme-robotics.example",
        certificateSourceType: "MANUAL",
        validationStatus: "VERIFIED",
      });
      const args = {
        domain_id: domain.id,
        certificate: await fixture("leaf.pem"),
        certificate_chain: await fixture("intermediate.pem"),
        private_key_file_path: "login.key",
      };
      return { args, look: looking(org, "get_custom_domain", { domain_id: domain.id }) };
    },
    undo: /no private key/,
  },
  create_email_domain: {
    arrange: async (org) => ({ args: sender, look: looking(org, "list_email_domains") }),
    undo: "back",
  },
  replace_email_domain: {
    async arrange(org) {
      const email_domain_id = await idOf(org, "create_email_domain", sender);
      const args = { email_domain_id, display_name: "Other", user_name: "hello" };
      return { args, look: looking(org, "get_email_domain", { email_domain_id }) };
    },
    undo: "back",
  },
  delete_email_domain: {
    async arrange(org) {
      const email_domain_id = await idOf(org, "create_email_domain", sender);
      return { args: { email_domain_id }, look: looking(org, "get_email_domain", { email_domain_id }) };
    },
    undo: /create_email_domain, set the DNS records/,
  },
  verify_email_domain: {
    async arrange(org) {
      const domain = org.org.area(emailDomainArea).add({ domain: "m.acme.example", displayName: "D", userName: "d" });
      org.org.area(dnsArea).set(...recordsOf(domain));
      const email_domain_id = domain.id;
      return { args: { email_domain_id }, look: async () => Math.random() };
    },
    undo: /What a check has found/,
  },
};
