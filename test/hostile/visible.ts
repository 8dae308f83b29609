import { expect } from "vitest";
import { hiddenIn } from "../support/deceptive.js";

/** Fails where a text has hidden characters. */
export function expectVisible(text: string, of: string, options: { lines?: boolean } = {}): void {
  const hidden = hiddenIn(text, options);
  expect(hidden, `${of} hides a character: ${hidden && text.slice(0, 300)}`).toBeUndefined();
}
