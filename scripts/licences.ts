import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** The folder of the package that a file of `node_modules` belongs to. */
const PACKAGE_FOLDER = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

async function readText(folder: string): Promise<string | undefined> {
  const name = (await readdir(folder)).find((file) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(file));
  return name === undefined ? undefined : (await readFile(join(folder, name), "utf8")).trim();
}

/**
 * The licences of all packages of which something is in a bundle, as one text in the order of their
 * names: what their licences ask to be handed on.
 * @param metafile what esbuild tells of the bundle
 * @throws Error for a package that names no licence
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
      const text = (await readText(folder)) ?? `Its package has no text of the licence; see ${license} at spdx.org.`;
      return { name, text: `${name} ${version} (${license})\n\n${text}` };
    }),
  );
  const sorted = parts.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => text);
  return `okta-mcp has parts of these packages in it.\n\n${sorted.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
