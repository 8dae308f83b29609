import { timingSafeEqual } from "node:crypto";

/** Compares a given text with a secret one, in a time that does not depend on the first difference. */
export function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
