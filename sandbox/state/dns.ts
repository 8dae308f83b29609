import type { Area } from "./org-state.js";

/** A record as a domain asks for it. */
export interface DnsRecord {
  type: string;
  /** Fully qualified name. */
  name: string;
  values: readonly string[];
}

/**
 * The pretend world's DNS. Nothing is looked up anywhere: a record is there when somebody, a test or
 * a demonstration, has set it here.
 */
export class Dns {
  readonly #records = new Map<string, readonly string[]>();

  /** Puts records into DNS, in the place of others of the same type and name. */
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

/** DNS compares names without regard to case (RFC 4343), and a dot at the end says nothing. */
function key(type: string, name: string): string {
  return `${type} ${name.toLowerCase().replace(/\.$/, "")}`;
}

/** The DNS in which an org looks for the records of its domains. */
export const dnsArea: Area<Dns> = { name: "dns", create: () => new Dns() };
