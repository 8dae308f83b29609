import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A secret that nothing else looks like. */
export const secret = (name: string): string => `Zq9${name}7Xw${"k3".repeat(6)}`;

/** Words of a length by which nobody could take them for something else: the lines of a PEM. */
export const linesOfPem = (pem: string): string[] => pem.split("\n").filter((line) => /^[\w+/=]{40,}$/.test(line));

/** Shorter secrets would be found anywhere. */
export const MIN_SECRET_CHARS = 12;

/** The ways in which a secret may be written down. */
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
 * Where one of the secrets stands in one of the texts in any form; of a long one a part is enough.
 * @returns the name of the text and what stands before the secret; undefined where there is none
 * @throws RangeError for a secret that would be found anywhere
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

/** What every file below a folder holds, by its path. */
export function filesIn(folder: string): { [path: string]: string } {
  const paths = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(path, "latin1")]));
}
