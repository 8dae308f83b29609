import type { Area } from "./org-state.js";

/** A record that a domain needs. */
export interface DnsRecord {
  type: string;
  /** Fully qualified name. */
  name: string;
  values: readonly string[];
}

/** The sandbox's DNS. It looks nothing up: a record is there when a test or a demonstration has set it. */
export class Dns {
  readonly #records = new Map<string, readonly string[]>();

  /** Sets records, in place of others of the same type and name. */
  set(...records: readonly DnsRecord[]): void {
    for (const { type, name, values } of records) this.#records.set(key(type, name), values);
  }

  /** True when all values of the record can be looked up. */
  has({ type, name, values }: DnsRecord): boolean {
    const found = this.#records.get(key(type, name)) ?? [];
    return values.every((value) => found.includes(value));
  }

  remove(type: string, name: string): void {
    this.#records.delete(key(type, name));
  }
}

/** The key of a record. DNS ignores case (RFC 4343), and a dot at the end has no meaning. */
function key(type: string, name: string): string {
  return `${type} ${name.toLowerCase().replace(/\.$/, "")}`;
}

/** The DNS in which an org looks up the records of its domains. */
export const dnsArea: Area<Dns> = { name: "dns", create: () => new Dns() };
