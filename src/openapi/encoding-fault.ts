import { visibleStart } from "../text/quote.js";

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
