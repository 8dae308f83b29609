import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export interface AddressLimitsOptions {
  /** The requests of one address within any minute. */
  perMinute: number;
  /** Epoch milliseconds. */
  now(): number;
  /**
   * The most addresses that are counted one by one. Further ones are counted by their networks, of which there are as
   * many, and what is further still shares one count.
   */
  maxAddresses?: number;
}

const MINUTE_MS = 60_000;
const MAX_ADDRESSES = 20_000;
const ALL_OTHERS = "others";

/**
 * The name under which an address is counted. Whoever has an IPv6 address has all of its first 64 bits, so these count
 * as one.
 */
export function countedAddress(text: string): string {
  if (isIP(text) === 0 || !ipaddr.isValid(text)) return "unknown";
  const address = ipaddr.process(text);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  return prefixOf(address, 4);
}

function prefixOf({ parts }: ipaddr.IPv6, count: number): string {
  const first = parts.slice(0, count).map((part) => part.toString(16));
  return `${first.join(":")}::/${count * 16}`;
}

/** The network under which an address is counted where there are too many: what one customer of a provider gets at most. */
function countedNetwork(text: string): string {
  if (isIP(text) === 0 || !ipaddr.isValid(text)) return "unknown";
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv6) return prefixOf(address, 3);
  return `${address.toString().replace(/\.\d+$/, ".0")}/24`;
}

/**
 * Counts the requests of each address in this process, over the minute that runs and the one before it. Its size is
 * bounded whatever number of addresses come.
 */
export class AddressLimits {
  readonly #options: AddressLimitsOptions;
  #minute = 0;
  #counts = new Map<string, number>();
  #countsBefore = new Map<string, number>();
  /** The networks among what is counted in this minute. */
  #networks = new Set<string>();

  constructor(options: AddressLimitsOptions) {
    this.#options = options;
  }

  /**
   * Counts one request of an address.
   * @returns undefined where it has room, or the seconds after which it has room again
   */
  take(address: string): number | undefined {
    const { perMinute, now } = this.#options;
    const nowMs = now();
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#countsBefore = minute === this.#minute + 1 ? this.#counts : new Map();
      this.#counts = new Map();
      this.#networks = new Set();
      this.#minute = minute;
    }
    const key = this.#keyOf(address);
    const passedMs = nowMs - minute * MINUTE_MS;
    const before = (this.#countsBefore.get(key) ?? 0) * (1 - passedMs / MINUTE_MS);
    const here = this.#counts.get(key) ?? 0;
    if (before + here + 1 > perMinute) return Math.max(1, Math.ceil((MINUTE_MS - passedMs) / 1000));
    this.#counts.set(key, here + 1);
    return undefined;
  }

  #keyOf(address: string): string {
    const { maxAddresses = MAX_ADDRESSES } = this.#options;
    const one = countedAddress(address);
    if (this.#counts.has(one) || this.#counts.size - this.#networks.size < maxAddresses) return one;
    const network = countedNetwork(address);
    if (!this.#networks.has(network) && this.#networks.size >= maxAddresses) return ALL_OTHERS;
    this.#networks.add(network);
    return network;
  }
}
