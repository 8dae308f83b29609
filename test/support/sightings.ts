import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Returns a secret that resembles no other text. */
export const secret = (name: string): string => `Zq9${name}7Xw${"k3".repeat(6)}`;

/** Returns the lines of a PEM that are long enough to be unmistakable. */
export const linesOfPem = (pem: string): string[] => pem.split("\n").filter((line) => /^[\w+/=]{40,}$/.test(line));

/** The least length of a secret. A shorter one would occur in other texts by chance. */
export const MIN_SECRET_CHARS = 12;

/** Returns the forms in which a secret may be written down. */
function formsOf(one: string): string[] {
  const bytes = Buffer.from(one);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "")
      .slice(4, -3),
  );
  return [one, encodeURIComponent(one), bytes.toString("hex"), JSON.stringify(one).slice(1, -1), ...base64];
}

/**
 * Looks for the secrets in the texts, in all forms. A part of a long secret is enough.
 * @returns the name of the text and the characters before the secret; undefined if no text has a secret
 * @throws RangeError for a secret that is too short to be unmistakable
 */
export function sighting(
  secrets: readonly string[],
  texts: { readonly [where: string]: string },
): { where: string; before: string } | undefined {
  for (const one of secrets) {
    if (one.length < MIN_SECRET_CHARS) throw new RangeError(`"${one}" is too short to be looked for.`);
    const forms = [...formsOf(one), ...(one.length > 100 ? [one.slice(-40), one.slice(40, 80)] : [])];
    for (const [where, text] of Object.entries(texts)) {
      const at = forms.map((form) => text.indexOf(form)).find((place) => place !== -1);
      if (at !== undefined) return { where, before: text.slice(Math.max(0, at - 200), at + 20) };
    }
  }
  return undefined;
}

/** Returns the content of every file below a folder, by its path. It is read as Latin-1. */
export function filesIn(folder: string): { [path: string]: string } {
  const paths = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(path, "latin1")]));
}
