import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** A package of which something is in a bundle. */
export interface BundledPackage {
  name: string;
  version: string;
  license: string;
  /** Its folder, as paths of the bundler begin. */
  folder: string;
}

/** The folder of the package that a file of `node_modules` belongs to. */
const PACKAGE_FOLDER = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/** @returns the package's folder; undefined for a file of this project */
export function packageFolderOf(path: string): string | undefined {
  return PACKAGE_FOLDER.exec(path)?.[0];
}

/**
 * The packages of which something is in a bundle, in the order of their names.
 * @throws Error for a package that names no licence
 */
export async function bundledPackages({ outputs }: Metafile): Promise<BundledPackage[]> {
  const bundled = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const folders = new Set(bundled.flatMap(([path]) => packageFolderOf(path) ?? []));
  const packages = await Promise.all(
    [...folders].map(async (folder) => {
      const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      const { name, version, license } = manifest as { name: string; version: string; license?: string };
      if (!license) throw new Error(`${name} ${version} names no licence.`);
      return { name, version, license, folder };
    }),
  );
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}
