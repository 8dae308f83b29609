import * as z from "zod";
import { defineTool, type ToolContext } from "../src/tool.js";
import { sameName } from "./shared/bodies.js";
import { withDnsTable } from "./shared/dns.js";
import { itemsAt, ofMade, refuseTaken, textAt, undoBy } from "./shared/kit.js";
import { after, brandId, id } from "./shared/params.js";

const emailDomainId = id("Find it with list_email_domains.");
const displayName = z.string().min(1).describe("Give the sender's name.");
const userName = z.string().min(1).describe("Give the sender's address before the @.");
const expandBrands = z.boolean().default(false).describe("Embed the brands using it.");

const expand = (brands: boolean) => (brands ? ["brands"] : undefined);

/** Okta answers with all email domains at once, unless it sends a cursor, which its document does not mention. */
const emailDomains = ({ okta }: ToolContext, brands: boolean, cursor?: string) =>
  okta.emailDomains.listEmailDomains.page({ expand: expand(brands), after: cursor });

export const listEmailDomains = defineTool({
  name: "list_email_domains",
  purpose: "find emailDomain",
  title: "List email domains",
  description: "List email domains with DNS records and status.",
  scope: "okta.emailDomains.read",
  effect: "reads",
  input: z.strictObject({ expand_brands: expandBrands, after }),
  run: (context, a) => context.list((cursor) => emailDomains(context, a.expand_brands, cursor), a),
});

export const getEmailDomain = defineTool({
  name: "get_email_domain",
  purpose: "show emailDomain",
  title: "Get email domain",
  description: "Get one email domain with its DNS records.",
  scope: "okta.emailDomains.read",
  effect: "reads",
  input: z.strictObject({ email_domain_id: emailDomainId, expand_brands: expandBrands }),
  run: async ({ okta }, a) =>
    withDnsTable(
      await okta.emailDomains.getEmailDomain({ emailDomainId: a.email_domain_id, expand: expand(a.expand_brands) }),
    ),
});

const domainOf = ({ okta }: ToolContext, a: { email_domain_id: string }) =>
  okta.emailDomains.getEmailDomain({ emailDomainId: a.email_domain_id });

export const createEmailDomain = defineTool({
  name: "create_email_domain",
  title: "Create email domain",
  description: "Create an email domain for a brand; answers with the DNS records to set. Then use verify_email_domain.",
  scope: "okta.emailDomains.manage",
  effect: "adds",
  input: z.strictObject({
    brand_id: brandId,
    domain: z.string().min(1).describe("Name the domain that mails come from, e.g. acme.com."),
    display_name: displayName,
    user_name: userName,
    validation_subdomain: z.string().min(1).default("mail").describe("Use this subdomain for mails; default mail."),
    expand_brands: expandBrands,
  }),
  foresee: (context, a) =>
    refuseTaken(context, {
      what: "the email domain",
      attribute: ["domain"],
      scope: "okta.emailDomains.read",
      fix: "Find it with list_email_domains.",
      holder: () =>
        context.find(
          (cursor) => emailDomains(context, false, cursor),
          (one) => sameName(textAt(one, "domain"), a.domain),
        ),
    }),
  change: {
    state: ({ okta }, _a, made) => ofMade(made, (id) => okta.emailDomains.getEmailDomain({ emailDomainId: id })),
    undo: ({ after }) => undoBy("delete_email_domain", { email_domain_id: textAt(after, "id") }),
  },
  async run(context, a) {
    const created = await context.okta.emailDomains.createEmailDomain({
      emailDomain: {
        brandId: a.brand_id,
        domain: a.domain,
        displayName: a.display_name,
        userName: a.user_name,
        validationSubdomain: a.validation_subdomain,
      },
      expand: expand(a.expand_brands),
    });
    if (textAt(created, "id")) return withDnsTable(created);
    const { found: listed } = await context.find(
      (cursor) => emailDomains(context, a.expand_brands, cursor),
      (domain) => sameName(textAt(domain, "domain"), a.domain),
    );
    const note = "Okta took it but does not show it yet; look again with list_email_domains.";
    return withDnsTable(listed) ?? { domain: a.domain, note };
  },
});

export const replaceEmailDomain = defineTool({
  name: "replace_email_domain",
  title: "Replace email domain",
  description: "Change the sender's name and address of an email domain; the domain itself cannot change.",
  scope: "okta.emailDomains.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({
    email_domain_id: emailDomainId,
    display_name: displayName,
    user_name: userName,
    expand_brands: expandBrands,
  }),
  change: {
    state: domainOf,
    undo: ({ args, before }) =>
      undoBy("replace_email_domain", {
        email_domain_id: args.email_domain_id,
        display_name: textAt(before, "displayName"),
        user_name: textAt(before, "userName"),
      }),
  },
  run: async ({ okta }, a) =>
    withDnsTable(
      await okta.emailDomains.replaceEmailDomain({
        emailDomainId: a.email_domain_id,
        updateEmailDomain: { displayName: a.display_name, userName: a.user_name },
        expand: expand(a.expand_brands),
      }),
    ),
});

export const deleteEmailDomain = defineTool({
  name: "delete_email_domain",
  title: "Delete email domain",
  description:
    "Delete an email domain; its brands send from Okta's again. To change the sender use replace_email_domain.",
  scope: "okta.emailDomains.manage",
  effect: "removes",
  input: z.strictObject({ email_domain_id: emailDomainId }),
  async impact({ okta }, a) {
    const domain = await okta.emailDomains.getEmailDomain({ emailDomainId: a.email_domain_id, expand: ["brands"] });
    const brands = itemsAt(domain, "_embedded", "brands").map((brand) => textAt(brand, "name"));
    const sender = `${textAt(domain, "displayName")} <${textAt(domain, "userName")}@${textAt(domain, "domain")}>`;
    return {
      target: { type: "email domain", name: textAt(domain, "domain"), id: a.email_domain_id },
      details: [
        `validation status ${textAt(domain, "validationStatus")}`,
        brands.length > 0 ? `mails of these brands no longer come from ${sender}:` : "no brand sends from it",
        ...brands.map((brand) => `brand ${brand}`),
      ],
      state: domain ?? null,
    };
  },
  change: {
    state: domainOf,
    undo: "Okta deletes an email domain with its verification. Make it again with create_email_domain, set the DNS records, then verify_email_domain.",
  },
  run: ({ okta }, a) => okta.emailDomains.deleteEmailDomain({ emailDomainId: a.email_domain_id }),
});

export const verifyEmailDomain = defineTool({
  name: "verify_email_domain",
  title: "Verify email domain",
  description: "Have Okta check the DNS records of get_email_domain.",
  scope: "okta.emailDomains.manage",
  effect: "changes",
  destructive: false,
  input: z.strictObject({ email_domain_id: emailDomainId }),
  change: { state: domainOf, becomes: (_a, before) => before, undo: "What a check has found cannot be taken back." },
  run: async ({ okta }, a) =>
    withDnsTable(await okta.emailDomains.verifyEmailDomain({ emailDomainId: a.email_domain_id })),
});
