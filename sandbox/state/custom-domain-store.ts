import { createHash } from "node:crypto";
import { DEFAULT_BRAND_ID } from "./brand-store.js";
import { type DnsRecord, dnsArea } from "./dns.js";
import type { Doer, JsonObject } from "./model.js";
import type { Area, OrgState } from "./org-state.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The life of a verification value, in days. */
const RECORD_DAYS = 7;

/** The life of a certificate that the org gets itself, in days. */
const CERTIFICATE_DAYS = 90;

/** A stored custom domain. `_links` are made when it is shown. */
export interface CustomDomain extends JsonObject {
  id: string;
  domain: string;
  brandId: string;
  certificateSourceType: "MANUAL" | "OKTA_MANAGED";
  /** NOT_STARTED until the first verification, IN_PROGRESS until it succeeds, COMPLETED with a certificate. */
  validationStatus: "NOT_STARTED" | "IN_PROGRESS" | "VERIFIED" | "COMPLETED";
  dnsRecords: DomainRecord[];
}

/** Schema `DNSRecordDomains`. */
interface DomainRecord extends JsonObject {
  recordType: string;
  fqdn: string;
  values: string[];
}

/** The properties of a new domain. */
export interface NewCustomDomain extends JsonObject {
  domain: string;
  certificateSourceType: "MANUAL" | "OKTA_MANAGED";
}

/** The custom domains of the org. Every write succeeds and is logged. */
export class CustomDomainStore {
  readonly #org: OrgState;
  readonly #domains = new Map<string, CustomDomain>();

  constructor(org: OrgState) {
    this.#org = org;
  }

  /** All domains, in the order in which they were added. */
  all(): CustomDomain[] {
    return [...this.#domains.values()];
  }

  get(id: string): CustomDomain | undefined {
    return this.#domains.get(id);
  }

  add(given: NewCustomDomain, doer?: Doer): CustomDomain {
    const id = typeof given.id === "string" ? given.id : this.#org.newId("OcD");
    const domain: CustomDomain = {
      brandId: DEFAULT_BRAND_ID,
      validationStatus: "NOT_STARTED",
      dnsRecords: this.#recordsFor(id, given.domain),
      ...given,
      id,
    };
    this.#domains.set(id, domain);
    this.#log(domain, "initiate", "Create custom URL domain", doer);
    return domain;
  }

  setBrand(domain: CustomDomain, brandId: string, doer?: Doer): void {
    domain.brandId = brandId;
    this.#log(domain, "update", "Update custom URL domain", doer);
  }

  /**
   * Looks for the domain's records in DNS. The TXT record proves ownership; with the CNAME as well, a certificate can
   * be had. A state that was reached stays.
   */
  verify(domain: CustomDomain, doer?: Doer): void {
    const dns = this.#org.area(dnsArea);
    const found = (type: string) => recordsOf(domain).every((record) => record.type !== type || dns.has(record));
    if (domain.validationStatus === "NOT_STARTED") domain.validationStatus = "IN_PROGRESS";
    if (domain.validationStatus === "IN_PROGRESS" && found("TXT")) domain.validationStatus = "VERIFIED";
    const gets = domain.validationStatus === "VERIFIED" && domain.certificateSourceType === "OKTA_MANAGED";
    if (gets && found("CNAME")) this.#install(domain, this.#ownCertificate(domain));
    this.#log(domain, "verify", "Verify custom URL domain", doer);
  }

  /** Sets a certificate of the customer, who then renews it. */
  setCertificate(domain: CustomDomain, certificate: JsonObject, doer?: Doer): void {
    domain.certificateSourceType = "MANUAL";
    this.#install(domain, certificate);
    this.#log(domain, "cert_upload", "Upload certificate of custom URL domain", doer);
  }

  remove(domain: CustomDomain, doer?: Doer): void {
    this.#domains.delete(domain.id);
    this.#log(domain, "delete", "Delete custom URL domain", doer);
  }

  #install(domain: CustomDomain, certificate: JsonObject): void {
    domain.publicCertificate = certificate;
    domain.validationStatus = "COMPLETED";
  }

  #ownCertificate({ id, domain }: CustomDomain): JsonObject {
    const digest = createHash("sha1").update(`${id} ${this.#org.now()}`).digest("hex").toUpperCase();
    return {
      subject: `CN=${domain}`,
      fingerprint: (digest.match(/../g) ?? []).join(":"),
      expiration: this.#org.timestamp(this.#org.now() + CERTIFICATE_DAYS * DAY_MS),
    };
  }

  #recordsFor(id: string, domain: string): DomainRecord[] {
    const expiration = this.#org.timestamp(this.#org.now() + RECORD_DAYS * DAY_MS);
    const value = proofOf(id, domain);
    return [
      { recordType: "TXT", fqdn: `_oktaverification.${domain}`, values: [value], expiration },
      { recordType: "CNAME", fqdn: domain, values: ["acme-robotics.customdomains.example"] },
    ];
  }

  #log({ id, domain }: CustomDomain, event: string, displayMessage: string, doer?: Doer): void {
    const target = [{ id, type: "Domain", alternateId: domain, displayName: domain, detailEntry: null }];
    this.#org.log({ eventType: `system.custom_url_domain.${event}`, displayMessage, target }, doer);
  }
}

/** The records that DNS should have, in the form of DNS. */
export function recordsOf({ dnsRecords }: CustomDomain): DnsRecord[] {
  return dnsRecords.map(({ recordType, fqdn, values }) => ({ type: recordType, name: fqdn, values }));
}

/**
 * The value that proves ownership of a domain. It follows from the domain, so that it does not change the random
 * numbers of a seed.
 */
export function proofOf(id: string, domain: string): string {
  return createHash("sha256").update(`${id} ${domain}`).digest("hex").slice(0, 32);
}

/** The custom domains of an org. Brands show their own. */
export const customDomainArea: Area<CustomDomainStore> = {
  name: "custom domains",
  create: (org) => new CustomDomainStore(org),
};
