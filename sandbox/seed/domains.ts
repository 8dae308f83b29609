import { COMPANY_DOMAIN } from "../facts.js";
import type { Org } from "../org.js";
import { DEFAULT_BRAND_ID } from "../state/brand-store.js";
import { recordsOf as addressRecords, customDomainArea } from "../state/custom-domain-store.js";
import { dnsArea } from "../state/dns.js";
import { emailDomainArea, recordsOf as mailRecords } from "../state/email-domain-store.js";
import { CARE_BRAND_ID } from "./brands.js";

/**
 * Adds two custom domains and two email domains of the company. One of each is in use; the other waits to be verified.
 * The waiting custom domain has its records in DNS, the email domain a part of them.
 */
export function registerDomains(org: Org): void {
  const dns = org.area(dnsArea);
  const domains = org.area(customDomainArea);
  const login = domains.add({
    id: "OcDSandboxLogin00001",
    domain: `login.${COMPANY_DOMAIN}`,
    certificateSourceType: "OKTA_MANAGED",
    // A field that Okta has and its document lacks.
    tlsPolicy: { minimumVersion: "TLSv1.2" },
  });
  login.dnsRecords.push({
    recordType: "CAA",
    fqdn: login.domain,
    values: ['0 issue "letsencrypt.org"', '0 issuewild ";"'],
  });
  dns.set(...addressRecords(login));
  domains.verify(login);

  const ola = domains.add({
    id: "OcDSandboxOla0000001",
    domain: `ola.${COMPANY_DOMAIN}`,
    certificateSourceType: "MANUAL",
  });
  dns.set(...addressRecords(ola));

  const mails = org.area(emailDomainArea);
  const company = mails.add({
    id: "OeDSandboxMain000001",
    brandId: DEFAULT_BRAND_ID,
    domain: COMPANY_DOMAIN,
    displayName: "Acme Robotics 🤖",
    userName: "no-reply",
    dmarcPolicy: "quarantine",
  });
  dns.set(...mailRecords(company));
  mails.verify(company);

  const care = mails.add({
    id: "OeDSandboxCare000001",
    brandId: CARE_BRAND_ID,
    domain: `care.${COMPANY_DOMAIN}`,
    displayName: "Acme Care – Atenção",
    userName: "ola",
    validationSubdomain: "post",
  });
  dns.set(...mailRecords(care).slice(0, 2));
}
