/** The first wait of a row and the longest, in milliseconds. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

/**
 * A wait that doubles with each repetition, spread over its second half, so that many who were refused together do not
 * come back together.
 * @param repetition counts from 0
 * @param random from 0 to 1
 */
export function backoffMs({ firstMs, longestMs }: Backoff, repetition: number, random: () => number): number {
  return Math.min(longestMs, firstMs * 2 ** repetition) * (0.5 + random() / 2);
}
