import { brandArea } from "./brand-store.js";
import { proofOf } from "./custom-domain-store.js";
import { type DnsRecord, dnsArea } from "./dns.js";
import type { Doer, JsonObject } from "./model.js";
import type { Area, OrgState } from "./org-state.js";

/** A stored email domain. The brands keep which of them send from it. */
export interface EmailDomain extends JsonObject {
  id: string;
  domain: string;
  displayName: string;
  userName: string;
  validationSubdomain: string;
  /** POLLING while some of the records are there, ERROR after a verification that found none. */
  validationStatus: "NOT_STARTED" | "POLLING" | "VERIFIED" | "ERROR" | "DELETED";
  dnsValidationRecords: EmailDomainRecord[];
}

/** Schema `EmailDomainDNSRecord`. */
interface EmailDomainRecord extends JsonObject {
  recordType: string;
  fqdn: string;
  verificationValue: string;
}

/** The properties of a new email domain. */
export interface NewEmailDomain extends JsonObject {
  domain: string;
  displayName: string;
  userName: string;
}

/** The email domains of the org. Every write succeeds and is logged. */
export class EmailDomainStore {
  readonly #org: OrgState;
  readonly #domains = new Map<string, EmailDomain>();

  constructor(org: OrgState) {
    this.#org = org;
  }

  /** All email domains, in the order in which they were added. */
  all(): EmailDomain[] {
    return [...this.#domains.values()];
  }

  get(id: string): EmailDomain | undefined {
    return this.#domains.get(id);
  }

  /** Adds an email domain. The brand `brandId` sends from it from then on. */
  add({ brandId, ...given }: NewEmailDomain, doer?: Doer): EmailDomain {
    const id = typeof given.id === "string" ? given.id : this.#org.newId("OeD");
    const subdomain = typeof given.validationSubdomain === "string" ? given.validationSubdomain : "mail";
    const domain: EmailDomain = {
      validationStatus: "NOT_STARTED",
      dnsValidationRecords: recordsFor(id, given.domain, subdomain),
      ...given,
      validationSubdomain: subdomain,
      id,
    };
    this.#domains.set(id, domain);
    const brand = this.#org.area(brandArea).get(String(brandId));
    if (brand !== undefined) brand.emailDomainId = id;
    this.#log(domain, "create", "Create email domain", doer);
    return domain;
  }

  change(domain: EmailDomain, sender: { displayName: string; userName: string }, doer?: Doer): void {
    Object.assign(domain, sender);
    this.#log(domain, "update", "Update email domain", doer);
  }

  /** Looks for the domain's records in DNS. */
  verify(domain: EmailDomain, doer?: Doer): void {
    const dns = this.#org.area(dnsArea);
    const records = recordsOf(domain);
    const found = records.filter((record) => dns.has(record)).length;
    domain.validationStatus = found === records.length ? "VERIFIED" : found > 0 ? "POLLING" : "ERROR";
    this.#log(domain, "verify", "Verify email domain", doer);
  }

  /** Removes an email domain. Its brands send from the org's own again. */
  remove(domain: EmailDomain, doer?: Doer): void {
    this.#domains.delete(domain.id);
    for (const brand of this.#org.area(brandArea).all()) {
      if (brand.emailDomainId === domain.id) delete brand.emailDomainId;
    }
    this.#log(domain, "delete", "Delete email domain", doer);
  }

  #log({ id, domain }: EmailDomain, event: string, displayMessage: string, doer?: Doer): void {
    const target = [{ id, type: "EmailDomain", alternateId: domain, displayName: domain, detailEntry: null }];
    this.#org.log({ eventType: `system.email_domain.${event}`, displayMessage, target }, doer);
  }
}

function recordsFor(id: string, domain: string, subdomain: string): EmailDomainRecord[] {
  const proof = proofOf(id, domain);
  const provider = `u${Number.parseInt(proof.slice(0, 6), 16)}.mail-provider.example`;
  const cname = (fqdn: string, verificationValue: string) => ({ recordType: "CNAME", fqdn, verificationValue });
  return [
    { recordType: "TXT", fqdn: `_oktaverification.${domain}`, verificationValue: proof },
    cname(`${subdomain}.${domain}`, provider),
    cname(`t02._domainkey.${domain}`, `t02.domainkey.${provider}`),
    cname(`t022._domainkey.${domain}`, `t022.domainkey.${provider}`),
  ];
}

/** The records that DNS should have, in the form of DNS. */
export function recordsOf({ dnsValidationRecords }: EmailDomain): DnsRecord[] {
  return dnsValidationRecords.map(({ recordType, fqdn, verificationValue }) => ({
    type: recordType,
    name: fqdn,
    values: [verificationValue],
  }));
}

/** The email domains of an org. */
export const emailDomainArea: Area<EmailDomainStore> = {
  name: "email domains",
  create: (org) => new EmailDomainStore(org),
};
