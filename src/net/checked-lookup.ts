import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";

/** Decides about an IPv4 or IPv6 address to which a connection would go. */
export type AllowsAddress = (address: string) => boolean;

/** The code of the error for a name that leads to an address which is not allowed. */
export const REFUSED_ADDRESS = "ERR_ADDRESS_REFUSED";

/**
 * Looks a name up for one connection, which then goes to what was checked: no second answer of a name server leads
 * elsewhere. One address that is not allowed refuses the name as a whole.
 */
export function checkedLookup(allows: AllowsAddress): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      if (!addresses.every(({ address }) => allows(address))) {
        const refusal = Object.assign(new Error("The name leads into a private network."), { code: REFUSED_ADDRESS });
        return callback(refusal, "", 0);
      }
      const [first] = addresses;
      if (options.all === true) callback(null, addresses);
      else callback(null, first?.address ?? "", first?.family ?? 0);
    });
  };
}
