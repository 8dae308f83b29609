import { visible } from "../text/quote.js";

/**
 * A text without the white space around it, and without one pair of quotes. `docker --env-file` and some clients keep
 * such quotes.
 */
export function unquoted(text: string): string {
  const trimmed = text.trim();
  const [, , inner] = /^(["'])([\s\S]*)\1$/.exec(trimmed) ?? [];
  // A text of two quoted words has no pair of quotes around all of it.
  return inner === undefined || inner.includes(trimmed.charAt(0)) ? trimmed : inner.trim();
}

/**
 * Placeholders of clients, shells and templates: `${user_config.key}`, `${input:key}`, `${KEY}`, `{{key}}`, and, where
 * they are the whole text, `$KEY`, `%KEY%` and `<key>`. A single pair of braces is none: a JWK and file names have
 * them.
 */
const PLACEHOLDER =
  /\$\{[^{}\n]{1,80}\}|\{\{[^{}\n]{1,80}\}\}|^\$[A-Za-z_]\w{0,80}$|^%[A-Za-z_]\w{0,80}%$|^<[^<>\n]{1,80}>$/;

/** The fault of a text that nobody filled in, as the rest of a sentence that begins with the setting's name. */
export function unfilled(text: string): string | undefined {
  const [placeholder] = PLACEHOLDER.exec(text) ?? [];
  if (placeholder === undefined) return undefined;
  return `holds ${visible(placeholder)}, a placeholder that nobody has filled in. Put the value itself there, or leave the setting out.`;
}
