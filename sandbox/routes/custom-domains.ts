import { createPrivateKey, X509Certificate } from "node:crypto";
import { invalid, notFound } from "../okta-error.js";
import type { Org } from "../org.js";
import type { Route, SandboxRequest } from "../route.js";
import { type BrandStore, brandArea } from "../state/brand-store.js";
import { type CustomDomain, customDomainArea } from "../state/custom-domain-store.js";
import type { JsonObject } from "../state/model.js";
import { linkTo } from "./brand-view.js";
import { bodyOf, doerOf, hostIn, textIn } from "./shared.js";

export function customDomainRoutes(org: Org): Route[] {
  const store = org.area(customDomainArea);
  const brands = org.area(brandArea);
  brands.links.domains = (brandId) =>
    store
      .all()
      .filter((domain) => domain.brandId === brandId)
      .map((domain) => listedDomain(org, domain));
  const read = "okta.domains.read";
  const manage = "okta.domains.manage";
  const one = "/api/v1/domains/{domainId}";
  return [
    {
      method: "GET",
      template: "/api/v1/domains",
      scope: read,
      handle: () => ({ status: 200, json: { domains: store.all().map((domain) => listedDomain(org, domain)) } }),
    },
    {
      method: "POST",
      template: "/api/v1/domains",
      scope: manage,
      handle(request) {
        const body = bodyOf(request);
        const certificateSourceType = textIn(body, "certificateSourceType");
        if (certificateSourceType !== "MANUAL" && certificateSourceType !== "OKTA_MANAGED") {
          throw invalid("certificateSourceType", "certificateSourceType: The value must be MANUAL or OKTA_MANAGED.");
        }
        const domain = hostIn(body, "domain");
        if (store.all().some((other) => other.domain.toLowerCase() === domain.toLowerCase())) {
          throw invalid("domain", "domain: A custom domain with this name already exists.");
        }
        if (/^drapp\./i.test(domain)) throw invalid("domain", "domain: This name is reserved.");
        const doer = doerOf(org, request);
        // Okta makes a brand for the domain; a body cannot choose one.
        const { id: brandId } = brands.add({ name: unusedName(brands, domain) }, doer);
        return {
          status: 200,
          json: shownDomain(org, store.add({ domain, certificateSourceType, brandId }, doer)),
        };
      },
    },
    {
      method: "GET",
      template: one,
      scope: read,
      handle: (request) => ({ status: 200, json: shownDomain(org, domainOf(org, request)) }),
    },
    {
      method: "PUT",
      template: one,
      scope: manage,
      handle(request) {
        const domain = domainOf(org, request);
        const brandId = textIn(bodyOf(request), "brandId");
        if (brands.get(brandId) === undefined) throw notFound(brandId, "Brand");
        store.setBrand(domain, brandId, doerOf(org, request));
        return { status: 200, json: shownDomain(org, domain) };
      },
    },
    {
      method: "DELETE",
      template: one,
      scope: manage,
      handle(request) {
        store.remove(domainOf(org, request), doerOf(org, request));
        return { status: 204 };
      },
    },
    {
      method: "PUT",
      template: `${one}/certificate`,
      scope: manage,
      handle(request) {
        const domain = domainOf(org, request);
        const certificate = certificateIn(bodyOf(request), domain);
        store.setCertificate(domain, certificate, doerOf(org, request));
        return { status: 204 };
      },
    },
    {
      method: "POST",
      template: `${one}/verify`,
      scope: manage,
      handle(request) {
        const domain = domainOf(org, request);
        store.verify(domain, doerOf(org, request));
        return { status: 200, json: shownDomain(org, domain) };
      },
    },
  ];
}

/** The name for a brand that is made with a domain: that of the domain, with a number where another brand has it. */
function unusedName(brands: BrandStore, domain: string): string {
  const taken = new Set(brands.all().map(({ name }) => name));
  let name = domain;
  for (let number = 2; taken.has(name); number += 1) name = `${domain} ${number}`;
  return name;
}

/** The domain that a path names. @throws OktaRefusal 404, in Okta's words */
function domainOf(org: Org, request: SandboxRequest): CustomDomain {
  const id = request.params.domainId ?? "";
  const found = org.area(customDomainArea).get(id);
  if (found === undefined) throw notFound(id, "Domain");
  return found;
}

/** A domain in the form for a single domain. */
function shownDomain(org: Org, domain: CustomDomain): JsonObject {
  const path = `/api/v1/domains/${domain.id}`;
  return {
    ...domain,
    _links: {
      self: linkTo(org, path, "GET", "PUT", "DELETE"),
      brand: linkTo(org, `/api/v1/brands/${domain.brandId}`, "GET"),
      certificate: linkTo(org, `${path}/certificate`, "PUT"),
      verify: linkTo(org, `${path}/verify`, "POST"),
    },
  };
}

/** A domain in the form for a list. It has only a part of the properties. */
function listedDomain(org: Org, domain: CustomDomain): JsonObject {
  const { dnsRecords: _records, ...listed } = shownDomain(org, domain);
  return listed;
}

/**
 * Checks a certificate as Okta does.
 * @returns the part that Okta shows
 * @throws OktaRefusal 400 E0000001
 */
function certificateIn(body: JsonObject, { domain, validationStatus }: CustomDomain): JsonObject {
  if (textIn(body, "type") !== "PEM") throw invalid("type", "type: The value must be PEM.");
  const certificate = parsed(body, "certificate");
  parsed(body, "certificateChain");
  if (validationStatus !== "VERIFIED" && validationStatus !== "COMPLETED") {
    throw invalid("domain", "domain: The domain is not verified yet.");
  }
  if (certificate.ca) {
    throw invalid("certificate", "certificate: The certificate must not be a Certificate Authority (CA) certificate.");
  }
  if (certificate.checkHost(domain) === undefined) {
    throw invalid("certificate", "certificate: The specified certificate does not match your Custom URL Domain.");
  }
  if (!fits(certificate, textIn(body, "privateKey"))) {
    throw invalid("privateKey", "privateKey: The private key does not match the certificate.");
  }
  return {
    subject: certificate.subject.split("\n").reverse().join(","),
    fingerprint: certificate.fingerprint,
    expiration: new Date(certificate.validTo).toISOString(),
  };
}

function parsed(body: JsonObject, name: string): X509Certificate {
  try {
    return new X509Certificate(textIn(body, name));
  } catch {
    throw invalid(name, `${name}: Invalid certificate format.`);
  }
}

function fits(certificate: X509Certificate, privateKey: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}
