import * as z from "zod";
import {
  checkCertificate,
  defineTool,
  type Impact,
  ifReadable,
  type Json,
  ofMade,
  type ToolContext,
  undoBy,
  wholeList,
} from "../src/tool.js";
import { after, asObject, brandId, id, itemsAt, sameName, textAt, withDnsTable } from "./params.js";

const domainId = id("From list_custom_domains.");

/** The largest file that is read as a private key. */
const MAX_KEY_BYTES = 64 * 1024;

const allDomains = async ({ okta }: ToolContext) => itemsAt(await okta.customDomains.listCustomDomains({}), "domains");

export const listCustomDomains = defineTool({
  name: "list_custom_domains",
  title: "List custom domains",
  description: "List custom domains with status and certificate. For DNS records use get_custom_domain.",
  scope: "okta.domains.read",
  effect: "reads",
  input: z.strictObject({ after }),
  run: async (context, a) => context.list(wholeList(await allDomains(context)), a),
});

export const getCustomDomain = defineTool({
  name: "get_custom_domain",
  title: "Get custom domain",
  description: "Get one custom domain with its DNS records.",
  scope: "okta.domains.read",
  effect: "reads",
  input: z.strictObject({ domain_id: domainId }),
  run: async ({ okta }, a) => withDnsTable(await okta.customDomains.getCustomDomain({ domainId: a.domain_id })),
});

const domainOf = ({ okta }: ToolContext, a: { domain_id: string }) =>
  okta.customDomains.getCustomDomain({ domainId: a.domain_id });

export const createCustomDomain = defineTool({
  name: "create_custom_domain",
  title: "Create custom domain",
  description: "Create a custom domain; answers with the DNS records to set. Then use verify_custom_domain.",
  scope: "okta.domains.manage",
  effect: "adds",
  input: z.strictObject({
    domain: z.string().min(1).describe("E.g. login.acme.com."),
    certificate_source_type: z
      .string()
      .min(1)
      .describe("OKTA_MANAGED (Okta gets and renews it) or MANUAL (see upsert_custom_domain_certificate)."),
  }),
  change: {
    state: ({ okta }, _a, made) => ofMade(made, (id) => okta.customDomains.getCustomDomain({ domainId: id })),
    undo: ({ after }) => undoBy("delete_custom_domain", { domain_id: textAt(after, "id") }),
  },
  async run(context, a) {
    const { customDomains } = context.okta;
    const body = { domain: a.domain, certificateSourceType: a.certificate_source_type };
    const created = await customDomains.createCustomDomain({ domain: body });
    if (textAt(created, "id")) return withDnsTable(created);
    const listed = (await allDomains(context)).find((domain) => sameName(textAt(domain, "domain"), a.domain));
    const domainId = textAt(listed, "id");
    // The list holds a part of each domain's properties only.
    if (domainId) return withDnsTable(await customDomains.getCustomDomain({ domainId }));
    return { domain: a.domain, note: "Okta took it but does not show it yet; look again with list_custom_domains." };
  },
});

export const replaceCustomDomain = defineTool({
  name: "replace_custom_domain",
  title: "Replace custom domain",
  description: "Have a custom domain show another brand; nothing else of it can change.",
  scope: "okta.domains.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({ domain_id: domainId, brand_id: brandId }),
  change: {
    state: domainOf,
    undo({ args, before }) {
      const brand_id = textAt(before, "brandId");
      return brand_id
        ? undoBy("replace_custom_domain", { domain_id: args.domain_id, brand_id })
        : { cannot: "the domain showed no brand before, and Okta takes none away." };
    },
  },
  run: async ({ okta }, a) =>
    withDnsTable(
      await okta.customDomains.replaceCustomDomain({ domainId: a.domain_id, UpdateDomain: { brandId: a.brand_id } }),
    ),
});

/** What a person should see of a domain, as Okta sent it. */
async function describeDomain({ okta, may }: ToolContext, domain: Json | undefined): Promise<Impact> {
  const brandId = textAt(domain, "brandId");
  const brand =
    brandId && may("okta.brands.read") ? await ifReadable(okta.customization.getBrand({ brandId })) : undefined;
  const goodUntil = textAt(domain, "publicCertificate", "expiration");
  return {
    target: { type: "custom domain", name: textAt(domain, "domain"), id: textAt(domain, "id") },
    details: [
      `validation status ${textAt(domain, "validationStatus")}`,
      `brand shown there: ${textAt(brand, "name") || brandId || "none"}`,
      goodUntil ? `certificate ${textAt(domain, "certificateSourceType")}, good until ${goodUntil}` : "no certificate",
    ],
    state: domain ?? null,
  };
}

export const deleteCustomDomain = defineTool({
  name: "delete_custom_domain",
  title: "Delete custom domain",
  description:
    "Delete a custom domain: links and issuers that name it stop working. To show another brand use replace_custom_domain.",
  scope: "okta.domains.manage",
  alsoUses: ["okta.brands.read"],
  effect: "removes",
  input: z.strictObject({ domain_id: domainId }),
  async impact(context, a) {
    const domain = await context.okta.customDomains.getCustomDomain({ domainId: a.domain_id });
    const { details, ...rest } = await describeDomain(context, domain);
    return { ...rest, details: [...details, "links, sign-in pages and issuers that name it stop working"] };
  },
  change: {
    state: domainOf,
    undo: "Okta deletes a domain with its verification and certificate. Make it again with create_custom_domain, set the DNS records, then verify_custom_domain.",
  },
  run: ({ okta }, a) => okta.customDomains.deleteCustomDomain({ domainId: a.domain_id }),
});

const pemText = z.string().min(1).max(100_000);

const certificateInput = z.strictObject({
  domain_id: domainId,
  certificate: pemText.describe("PEM text."),
  certificate_chain: pemText.describe("Its issuers, PEM text, nearest first."),
  private_key_file_path: z.string().min(1).describe("PEM file in an allowed folder."),
});

/** What goes to Okta, once all of it was found to be right, and the domain as it is now. */
async function checkedCertificate({ okta, readFile, now }: ToolContext, a: z.infer<typeof certificateInput>) {
  const { data } = await readFile(a.private_key_file_path, { maxBytes: MAX_KEY_BYTES });
  const domain = await okta.customDomains.getCustomDomain({ domainId: a.domain_id });
  const { certificate, certificate_chain: chain } = a;
  const privateKey = checkCertificate(
    { certificate, chain, privateKey: new TextDecoder().decode(data), host: textAt(domain, "domain") },
    now(),
  );
  return { domain, body: { type: "PEM", certificate, certificateChain: chain, privateKey } };
}

export const upsertCustomDomainCertificate = defineTool({
  name: "upsert_custom_domain_certificate",
  title: "Set custom domain certificate",
  description:
    "Give a custom domain its own certificate, or renew it; all is checked first. Asks a person where Okta manages the present one, since Okta then stops renewing.",
  scope: "okta.domains.manage",
  alsoUses: ["okta.brands.read"],
  effect: "changes",
  destructive: true,
  input: certificateInput,
  async impact(context, a) {
    // Checked first, so that nobody is asked about what would be refused anyway.
    const { domain } = await checkedCertificate(context, a);
    if (textAt(domain, "certificateSourceType") !== "OKTA_MANAGED") return undefined;
    const { details, ...rest } = await describeDomain(context, domain);
    return { ...rest, details: [...details, "Okta no longer renews the certificate; that is then up to you"] };
  },
  change: {
    state: domainOf,
    becomes: (_a, before) => ({
      ...asObject(before),
      certificateSourceType: "MANUAL",
      publicCertificate: "(the given certificate)",
    }),
    undo: "Okta gives out no private key. Set the certificate before again, from your own files.",
  },
  async run(context, a) {
    const { body } = await checkedCertificate(context, a);
    return context.okta.customDomains.upsertCertificate({ domainId: a.domain_id, certificate: body });
  },
});

export const verifyCustomDomain = defineTool({
  name: "verify_custom_domain",
  title: "Verify custom domain",
  description:
    "Have Okta check the DNS records of get_custom_domain; it then gets the certificate where it manages it.",
  scope: "okta.domains.manage",
  effect: "changes",
  destructive: false,
  input: z.strictObject({ domain_id: domainId }),
  change: { state: domainOf, becomes: (_a, before) => before, undo: "What a check has found cannot be taken back." },
  run: async ({ okta }, a) => withDnsTable(await okta.customDomains.verifyDomain({ domainId: a.domain_id })),
});
