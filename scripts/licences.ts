import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundledPackage } from "./bundled-packages.js";

/** The licences of packages whose authors left the file out of the package; each is the text of their repository or README. */
const MISSING = fileURLToPath(new URL("./missing-licences", import.meta.url));

/** The licence of a package in its own words, and its notices where it has some. */
async function readText(name: string, folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)([-.].*)?$/i.test(file));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  if (texts.length > 0) return texts.map((text) => text.trim()).join("\n\n");
  return (await readFile(join(MISSING, `${name.replace("/", "__")}.txt`), "utf8").catch(() => "")).trim();
}

/**
 * The licences of all packages of which something is in a bundle, as one text in the order of their
 * names: what their licences ask to be handed on.
 * @throws Error for a package that brings no text of its licence
 */
export async function licencesOf(packages: readonly BundledPackage[]): Promise<string> {
  const texts = await Promise.all(
    packages.map(async ({ name, version, license, folder }) => {
      const text = await readText(name, folder);
      if (text === "") throw new Error(`${name} ${version} brings no text of its licence.`);
      return `${name} ${version} (${license})\n\n${text}`;
    }),
  );
  return `okta-mcp has parts of these packages in it.\n\n${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
