import { visibleStart } from "../text/quote.js";
import type { DocumentPlace } from "./document-place.js";

/**
 * Something in a document with which no request can be made. It stays inside this room: whoever reads an operation puts
 * it into the reason why the operation is left out.
 */
export class DocumentFault extends Error {
  /** @param why a sentence without its place */
  constructor(place: DocumentPlace, why: string) {
    super(`At ${placeInWords(place)}: ${why}`);
    this.name = "DocumentFault";
  }
}

/** "#/paths/~1pets/get", or "types.yaml#/Pet" in a further file of the document. */
export function placeInWords({ file, pointer }: DocumentPlace): string {
  return visibleStart(`${file}#${pointer}`, 300);
}

/** The pointer to a member of what a pointer leads to (RFC 6901, section 3). */
export function below(pointer: string, ...steps: readonly (string | number)[]): string {
  return steps.reduce<string>(
    (at, step) => `${at}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`,
    pointer,
  );
}

/** The steps of a pointer, decoded. */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
