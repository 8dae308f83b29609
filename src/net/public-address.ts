import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * True for an address that anybody on the internet may reach. Private, local, reserved and translated ones are not
 * (RFC 6890), in whatever form they are written, and neither is what is no address.
 * @param text an IPv4 or IPv6 address, without brackets
 */
export function isPublicAddress(text: string): boolean {
  // The library also reads the short and octal forms of old, which not everybody reads alike.
  if (isIP(text) === 0 || !ipaddr.isValid(text)) return false;
  // The range of an IPv6 address that stands for an IPv4 one is a range of its own, so it is refused as such.
  return ipaddr.parse(text).range() === "unicast";
}
