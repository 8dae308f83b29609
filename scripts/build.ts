import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { bundle } from "./bundle.js";
import { bundledPackages } from "./bundled-packages.js";
import { licencesOf } from "./licences.js";
import { oneStartFilePlugin } from "./one-start-file-plugin.js";
import { type Lock, type Manifest, sbomOf } from "./sbom.js";

const manifest: Manifest = JSON.parse(await readFile("package.json", "utf8"));
const lock: Lock = JSON.parse(await readFile("package-lock.json", "utf8"));

await rm("dist", { recursive: true, force: true });
const metafile = await bundle({
  entryPoints: { "okta-mcp": "bin/okta-mcp.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  plugins: [oneStartFilePlugin],
  define: { "process.env.OKTA_MCP_VERSION": JSON.stringify(manifest.version) },
});
await writeFile("dist/package.json", '{ "type": "commonjs" }\n');
await chmod("dist/okta-mcp.js", 0o755);
const packages = await bundledPackages(metafile);
await writeFile("dist/third-party-licences.txt", await licencesOf(packages));
await writeFile("dist/sbom.cdx.json", sbomOf(metafile, packages, manifest, lock));
