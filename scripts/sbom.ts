import type { Metafile } from "esbuild";
import { type BundledPackage, packageFolderOf } from "./bundled-packages.js";

/** The entry of a package in npm's lock file. */
interface LockedPackage {
  /** The package's own name, where it is installed under another. */
  name?: string;
  version: string;
  integrity?: string;
  license?: string;
  dependencies?: Record<string, string>;
}

/** The parts of `package-lock.json` that are needed here; its packages by their folders. */
export interface Lock {
  packages: Record<string, LockedPackage>;
}

/** The parts of `package.json` that are needed here. */
export interface Manifest {
  name: string;
  version: string;
  license: string;
  description: string;
  optionalDependencies?: Record<string, string>;
}

interface Part {
  name: string;
  version: string;
  license: string | undefined;
  folder: string;
  scope: "required" | "optional";
}

/** The package URL of a package of npm (https://github.com/package-url/purl-spec), which names it in the whole list. */
function purlOf({ name, version }: { name: string; version: string }): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** The lock file's name of a folder, wherever `node_modules` itself is. */
function lockedFolder(folder: string): string {
  return folder.replace(/^.*?(?=node_modules\/)/, "");
}

function lockedPackage(lock: Lock, folder: string): LockedPackage {
  const locked = lock.packages[folder];
  if (locked === undefined) throw new Error(`package-lock.json has no ${folder}.`);
  return locked;
}

/** The packages that npm installs beside the bundle where it can, and what they need. */
function optionalParts(manifest: Manifest, lock: Lock): Part[] {
  const found = new Map<string, Part>();
  const take = (names: readonly string[]) => {
    for (const installedAs of names) {
      const folder = `node_modules/${installedAs}`;
      if (found.has(folder)) continue;
      const { name = installedAs, version, license, dependencies = {} } = lockedPackage(lock, folder);
      found.set(folder, { name, version, license, folder, scope: "optional" });
      take(Object.keys(dependencies));
    }
  };
  take(Object.keys(manifest.optionalDependencies ?? {}));
  return [...found.values()];
}

/** The folders of packages that each package uses; the project itself is "". */
function uses(metafile: Metafile, lock: Lock, manifest: Manifest, optional: readonly Part[]): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  const add = (from: string, to: string) => used.set(from, (used.get(from) ?? new Set()).add(to));
  // Files of which nothing is left in the bundle count too: many do nothing but hand on what others have.
  for (const [path, { imports }] of Object.entries(metafile.inputs)) {
    for (const { path: imported } of imports) {
      const [from = "", to] = [packageFolderOf(path), packageFolderOf(imported)];
      if (to !== undefined && to !== from) add(lockedFolder(from), lockedFolder(to));
    }
  }
  for (const name of Object.keys(manifest.optionalDependencies ?? {})) add("", `node_modules/${name}`);
  for (const { folder } of optional) {
    for (const name of Object.keys(lockedPackage(lock, folder).dependencies ?? {})) add(folder, `node_modules/${name}`);
  }
  return used;
}

/** The SHA-512 of a package's archive, from its integrity (https://www.w3.org/TR/SRI/). */
function hashesOf({ integrity = "" }: LockedPackage): { hashes?: [{ alg: string; content: string }] } {
  const [, base64] = /^sha512-(.+)$/.exec(integrity) ?? [];
  return base64 ? { hashes: [{ alg: "SHA-512", content: Buffer.from(base64, "base64").toString("hex") }] } : {};
}

/**
 * The bill of materials of the package in the form of CycloneDX 1.6, as JSON: each package of which something is
 * bundled, which npm cannot see, and those that npm installs beside it where it can. It holds no time and no number
 * of its own, so that the same sources make the same file.
 */
export function sbomOf(
  metafile: Metafile,
  packages: readonly BundledPackage[],
  manifest: Manifest,
  lock: Lock,
): string {
  const optional = optionalParts(manifest, lock);
  const bundled = packages.map((one): Part => ({ ...one, folder: lockedFolder(one.folder), scope: "required" }));
  const parts = [...bundled, ...optional];
  const used = uses(metafile, lock, manifest, optional);
  const refs = new Map([["", purlOf(manifest)], ...parts.map((part): [string, string] => [part.folder, purlOf(part)])]);
  const sbom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      lifecycles: [{ phase: "build" }],
      component: {
        type: "application",
        "bom-ref": purlOf(manifest),
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        licenses: [{ license: { id: manifest.license } }],
        purl: purlOf(manifest),
      },
    },
    components: parts.map((part) => ({
      type: "library",
      "bom-ref": purlOf(part),
      name: part.name,
      version: part.version,
      scope: part.scope,
      ...hashesOf(lockedPackage(lock, part.folder)),
      ...(part.license && { licenses: [{ license: { id: part.license } }] }),
      purl: purlOf(part),
    })),
    dependencies: [...refs].map(([folder, ref]) => ({
      ref,
      dependsOn: [...(used.get(folder) ?? [])].flatMap((one) => refs.get(one) ?? []).sort(),
    })),
  };
  return `${JSON.stringify(sbom, undefined, 2)}\n`;
}
