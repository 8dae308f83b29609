import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect } from "vitest";
import { whereBuilt } from "../support/built.js";
import { ROOT } from "../support/cli.js";

interface Component {
  "bom-ref": string;
  name: string;
  version: string;
  scope: "required" | "optional";
  purl: string;
  hashes?: { alg: string; content: string }[];
  licenses?: [{ license: { id: string } }];
}

interface Sbom {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const jsonOf = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));
const readSbom = (): Sbom => jsonOf("dist/sbom.cdx.json");

/** The folder of the schemas that OWASP's own CycloneDX library validates with. */
const SCHEMAS = join(
  dirname(createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json")),
  "res/schema",
);
const schema = (name: string) => JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), "utf8"));

whereBuilt("the bill of materials keeps the rules of CycloneDX", () => {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  // JSON Schema has had these formats since 2019, and `addFormats` lacks them. No text of ours is in either of them.
  for (const format of ["idn-email", "iri-reference"]) ajv.addFormat(format, true);
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    // The main schema refers to the others by the names of their files.
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schema("bom-1.6"));
  expect(validate(readSbom()), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...readSbom(), components: [{ type: "library" }] })).toBe(false);
});

whereBuilt("the bill of materials names what the licences name, and what may be installed beside it", () => {
  const { metadata, components } = readSbom();
  const { name, version, optionalDependencies } = jsonOf("package.json");
  expect(metadata.component).toMatchObject({ name, version, purl: `pkg:npm/${name}@${version}` });

  const licences = readFileSync(join(ROOT, "dist/third-party-licences.txt"), "utf8");
  const heads = [...licences.matchAll(/(?:^|-{80}\n\n|in it\.\n\n)(\S+ \d[^ ]* \([^)]+\))\n/g)].map(([, head]) => head);
  const bundled = components.filter(({ scope }) => scope === "required");
  expect(bundled.length).toBeGreaterThan(5);
  expect(bundled.map((one) => `${one.name} ${one.version} (${one.licenses?.[0].license.id})`)).toEqual(heads);

  const optional = components
    .filter(({ scope }) => scope === "optional")
    .map((one) => `npm:${one.name}@${one.version}`);
  expect(optional).toEqual(expect.arrayContaining(Object.values(optionalDependencies)));
});

whereBuilt("the bill of materials says of each part which archive it is from and who uses it", () => {
  const { metadata, components, dependencies } = readSbom();
  const { packages } = jsonOf("package-lock.json") as { packages: Record<string, { integrity?: string }> };
  const archives = Object.values(packages).map(({ integrity = "" }) => integrity);
  for (const { name, hashes } of components) {
    const [hash] = hashes ?? [];
    expect(archives, name).toContain(`sha512-${Buffer.from(hash?.content ?? "", "hex").toString("base64")}`);
  }
  const all = [metadata.component, ...components].map((one) => one["bom-ref"]);
  expect(dependencies.map(({ ref }) => ref)).toEqual(all);
  const reached = new Set<string>();
  const visit = (ref: string) => {
    if (reached.has(ref)) return;
    reached.add(ref);
    for (const next of dependencies.find((one) => one.ref === ref)?.dependsOn ?? []) visit(next);
  };
  visit(metadata.component["bom-ref"]);
  expect([...reached].sort()).toEqual([...all].sort());
});
