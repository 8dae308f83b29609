import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** The folder of the package that a file of `node_modules` belongs to. */
const PACKAGE_FOLDER = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/** The licence of a package in its own words, and its notices where it has some. */
async function readText(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)([-.].*)?$/i.test(file));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => text.trim()).join("\n\n");
}

/**
 * The licences of all packages of which something is in a bundle, as one text in the order of their
 * names: what their licences ask to be handed on.
 * @param metafile what esbuild tells of the bundle
 * @throws Error for a package that names no licence or brings no text of it
 */
export async function licencesOf({ outputs }: Metafile): Promise<string> {
  const bundled = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const folders = new Set(bundled.flatMap(([path]) => PACKAGE_FOLDER.exec(path)?.[0] ?? []));
  const parts = await Promise.all(
    [...folders].map(async (folder) => {
      const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      const { name, version, license } = manifest as { name: string; version: string; license?: string };
      if (!license) throw new Error(`${name} ${version} names no licence.`);
      const text = await readText(folder);
      if (text === "") throw new Error(`${name} ${version} brings no text of its licence.`);
      return { name, text: `${name} ${version} (${license})\n\n${text}` };
    }),
  );
  const sorted = parts.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => text);
  return `okta-mcp has parts of these packages in it.\n\n${sorted.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
