import { isObject, itemsAt, type Json, type JsonObject, textAt, valueAt } from "./kit.js";

/** The rows of a DNS record of Okta's (schemas `DNSRecordDomains` and `EmailDomainDNSRecord`), one for each value. */
function dnsRows(record: Json): JsonObject[] {
  const values = [...itemsAt(record, "values"), valueAt(record, "verificationValue")];
  const expires = valueAt(record, "expiration");
  return values
    .filter((value) => typeof value === "string")
    .map((value) => ({
      type: textAt(record, "recordType"),
      name: textAt(record, "fqdn"),
      value,
      ...(expires ? { expires } : {}),
    }));
}

/** A domain as Okta sent it, with its DNS records added as a table to copy to a DNS provider. */
export function withDnsTable(domain: Json | undefined): Json | undefined {
  const rows = ["dnsRecords", "dnsValidationRecords"].flatMap((list) => itemsAt(domain, list).flatMap(dnsRows));
  return isObject(domain) && rows.length > 0 ? { ...domain, dns_records_to_set: rows } : domain;
}
