import { visibleStart } from "../text/quote.js";
import { Unwritable } from "./percent.js";

/** A value that a request cannot hold. It stays inside this room. */
export class EncodingFault extends Error {
  /**
   * @param argument the name of the argument; empty where `why` is the whole sentence
   * @param why without its full stop
   */
  constructor(argument: string, why: string) {
    super(`${argument === "" ? why : `${visibleStart(argument)} ${why}`}.`);
    this.name = "EncodingFault";
  }
}

/**
 * Runs an encoder and says which argument cannot be encoded.
 * @throws EncodingFault
 */
export function writing<T>(argument: string, encode: () => T): T {
  try {
    return encode();
  } catch (error) {
    if (error instanceof Unwritable) throw new EncodingFault(argument, `cannot be sent: ${error.message}`);
    throw error;
  }
}
