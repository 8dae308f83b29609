import { BlockList, isIP, isIPv4 } from "node:net";

/** A network by its first address and the number of bits that all of its addresses share. */
interface Network {
  address: string;
  prefix: number;
  family: "ipv4" | "ipv6";
}

/** An IPv4 address in the form that a socket for both families has (RFC 4291, section 2.5.5.2). */
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** An address in its plain form: without a zone, and IPv4 as such. Undefined for a text that is no address. */
export function plainAddress(text: string): string | undefined {
  const [address = ""] = text.split("%", 1);
  const plain = MAPPED.exec(address)?.[1] ?? address;
  return isIP(plain) === 0 ? undefined : plain.toLowerCase();
}

/** Reads an address, or a network as `10.0.0.0/8` (RFC 4632, section 3.1); undefined for any other text. */
function networkIn(text: string): Network | undefined {
  const [first = "", bits, ...more] = text.split("/");
  const address = plainAddress(first);
  if (address === undefined || more.length > 0) return undefined;
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const most = family === "ipv4" ? 32 : 128;
  if (bits === undefined) return { address, prefix: most, family };
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return prefix <= most ? { address, prefix, family } : undefined;
}

/** True for an address, and for a network as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  return networkIn(text) !== undefined;
}

/** A set of networks. */
export class Networks {
  readonly #list = new BlockList();

  /** @param networks texts that are networks; others are left out */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = networkIn(text);
      if (network !== undefined) this.#list.addSubnet(network.address, network.prefix, network.family);
    }
  }

  /** True for an address, in its plain form, that is in one of the networks. */
  has(address: string): boolean {
    return isIP(address) !== 0 && this.#list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  }
}
