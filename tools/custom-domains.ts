import * as z from "zod";
import { defineTool, type Impact, type ToolContext } from "../src/tool.js";
import { sameName } from "./shared/bodies.js";
import { withDnsTable } from "./shared/dns.js";
import {
  asObject,
  checkCertificate,
  difference,
  ifReadable,
  isObject,
  itemsAt,
  type Json,
  type JsonObject,
  objectAt,
  ofMade,
  refuseTaken,
  textAt,
  textOfFile,
  undoBy,
  valueAt,
  wholeList,
} from "./shared/kit.js";
import { after, brandId, id } from "./shared/params.js";

const domainId = id("Find it with list_custom_domains.");

/** The largest file that is read as a private key. */
const MAX_KEY_BYTES = 64 * 1024;

const allDomains = async ({ okta }: ToolContext) => itemsAt(await okta.customDomains.listCustomDomains({}), "domains");

export const listCustomDomains = defineTool({
  name: "list_custom_domains",
  purpose: "find customDomain",
  title: "List custom domains",
  description: "List custom domains with status and certificate. For DNS records use get_custom_domain.",
  scope: "okta.domains.read",
  effect: "reads",
  input: z.strictObject({ after }),
  run: async (context, a) => context.list(wholeList(await allDomains(context)), a),
});

export const getCustomDomain = defineTool({
  name: "get_custom_domain",
  purpose: "show customDomain",
  title: "Get custom domain",
  description: "Get one custom domain with its DNS records.",
  scope: "okta.domains.read",
  effect: "reads",
  input: z.strictObject({ domain_id: domainId }),
  run: async ({ okta }, a) => withDnsTable(await okta.customDomains.getCustomDomain({ domainId: a.domain_id })),
});

const domainOf = ({ okta }: ToolContext, a: { domain_id: string }) =>
  okta.customDomains.getCustomDomain({ domainId: a.domain_id });

/** The most brands that are read to find the new one. An org has some tens. */
const MAX_BRANDS = 1000;

/** The ids of all brands; undefined where this caller cannot read them all. */
async function brandIds({ okta, may, collect }: ToolContext): Promise<Set<string> | undefined> {
  if (!may("okta.brands.read")) return undefined;
  const readBrands = (cursor?: string) => okta.customization.listBrands.page({ after: cursor, limit: 200 });
  const brands = await ifReadable(collect(readBrands, MAX_BRANDS));
  return brands?.complete ? new Set(brands.items.map((brand) => textAt(brand, "id"))) : undefined;
}

/** A brand with everything that a person may have put into it. It shows whether the brand is still as Okta made it. */
async function wholeBrand({ okta }: ToolContext, brandId: string): Promise<JsonObject> {
  const read = { brandId, expand: ["customized", "preview"] };
  const [brand, themes, domains, signIn, error] = await Promise.all([
    ifReadable(okta.customization.getBrand({ brandId })),
    ifReadable(okta.customization.listBrandThemes.page({ brandId })),
    ifReadable(okta.customization.listBrandDomains({ brandId })),
    ifReadable(okta.customization.getSignInPage(read)),
    ifReadable(okta.customization.getErrorPage(read)),
  ]);
  return {
    ...asObject(brand),
    id: brandId,
    themes: themes?.items ?? null,
    shown_by: itemsAt(domains, "domains").map((domain) => textAt(domain, "id")),
    own_pages: [signIn, error].flatMap((page) => Object.keys(objectAt(page, "_embedded"))),
  };
}

/** The domain that a call made, and the brand that Okta made for it, in their present state. */
async function domainAndBrand(context: ToolContext, made: Json | undefined): Promise<Json | undefined> {
  const domain = await ofMade(made, (domainId) => context.okta.customDomains.getCustomDomain({ domainId }));
  const brand = valueAt(made, MADE);
  if (brand === undefined || !isObject(domain)) return domain;
  return { ...domain, [MADE]: isObject(brand) ? await wholeBrand(context, textAt(brand, "id")) : brand };
}

/** The field for the brand that Okta made for a domain. It holds a text where the brand is not known. */
const MADE = "brand_made_with_it";

/** The answer's part about the brand that Okta made for a domain. @param before the ids of the brands before */
async function brandMadeWith({ okta }: ToolContext, domain: Json | undefined, before: Set<string> | undefined) {
  const brandId = textAt(domain, "brandId");
  if (brandId === "" || before?.has(brandId)) return {};
  if (before === undefined) {
    return { [MADE]: `not known, since okta.brands.read is not there or failed; if one was made it is ${brandId}` };
  }
  const brand = await ifReadable(okta.customization.getBrand({ brandId }));
  return {
    [MADE]: { id: brandId, name: textAt(brand, "name") },
    note: "Okta made this brand for the domain. To show another use replace_custom_domain, then delete_brand.",
  };
}

export const createCustomDomain = defineTool({
  name: "create_custom_domain",
  title: "Create custom domain",
  description:
    "Create a custom domain; Okta makes a brand for it. Answers with the DNS records to set. Then use verify_custom_domain.",
  scope: "okta.domains.manage",
  alsoUses: ["okta.brands.read"],
  effect: "adds",
  input: z.strictObject({
    domain: z.string().min(1).describe("Name the domain, e.g. login.acme.com."),
    certificate_source_type: z
      .string()
      .min(1)
      .describe("Choose OKTA_MANAGED (Okta gets and renews it) or MANUAL (see upsert_custom_domain_certificate)."),
  }),
  foresee: (context, a) =>
    refuseTaken(context, {
      what: "the domain",
      attribute: ["domain"],
      scope: "okta.domains.read",
      fix: "Find it with list_custom_domains.",
      async holder() {
        const found = (await allDomains(context)).find((one) => sameName(textAt(one, "domain"), a.domain));
        return { found, complete: true };
      },
    }),
  change: {
    state: (context, _a, made) => domainAndBrand(context, made),
    stateUses: (domain) => (isObject(valueAt(domain, MADE)) ? ["okta.brands.read"] : []),
    undo({ after, present }) {
      const steps = [{ tool: "delete_custom_domain", args: { domain_id: textAt(after, "id") } }];
      const brand = valueAt(after, MADE);
      if (brand === undefined) return { steps };
      const brand_id = textAt(brand, "id");
      if (brand_id === "") {
        const notes = [`If Okta made the brand ${textAt(after, "brandId")} for it, that stays: see delete_brand.`];
        return { steps, notes };
      }
      if (difference(brand, objectAt(present, MADE)).length > 0) {
        const notes = [`The brand ${brand_id}, which Okta made for it, stays, since it has changed or is used.`];
        return { steps, notes };
      }
      // Okta deletes no brand that a domain uses, so the domain goes first.
      return { steps, afterwards: () => [{ tool: "delete_brand", args: { brand_id } }] };
    },
  },
  async run(context, a) {
    const { customDomains } = context.okta;
    const body = { domain: a.domain, certificateSourceType: a.certificate_source_type };
    const before = await brandIds(context);
    const created = await customDomains.createCustomDomain({ domain: body });
    const domain = textAt(created, "id") ? created : await findDomain(context, a.domain);
    if (domain === undefined) {
      return { domain: a.domain, note: "Okta took it but does not show it yet; look again with list_custom_domains." };
    }
    return { ...asObject(withDnsTable(domain)), ...(await brandMadeWith(context, domain, before)) };
  },
});

/** The domain of this name, whole; undefined where there is none. */
async function findDomain(context: ToolContext, name: string): Promise<Json | undefined> {
  const listed = (await allDomains(context)).find((domain) => sameName(textAt(domain, "domain"), name));
  const domainId = textAt(listed, "id");
  // The list holds only a part of each domain's properties.
  return domainId ? context.okta.customDomains.getCustomDomain({ domainId }) : undefined;
}

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

/** The description of a domain for a person, from the domain as Okta sent it. */
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
  certificate: pemText.describe("Give it as PEM text."),
  certificate_chain: pemText.describe("Give its issuers as PEM text, nearest first."),
  private_key_file_path: z.string().min(1).describe("Name a PEM file in an allowed folder."),
});

/** The certificate to send, after all checks, and the domain as it is now. */
async function checkedCertificate({ okta, readFile, now }: ToolContext, a: z.infer<typeof certificateInput>) {
  const { data } = await readFile(a.private_key_file_path, { maxBytes: MAX_KEY_BYTES });
  const domain = await okta.customDomains.getCustomDomain({ domainId: a.domain_id });
  const { certificate, chain, privateKey } = checkCertificate(
    {
      certificate: a.certificate,
      chain: a.certificate_chain,
      privateKey: textOfFile(data),
      host: textAt(domain, "domain"),
    },
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
  readsFile: "private_key_file_path",
  input: certificateInput,
  async impact(context, a) {
    // The check comes first, so that nobody is asked about a call that fails anyway.
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
