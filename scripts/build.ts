import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { bundleOptions } from "./bundle.js";
import { licencesOf } from "./licences.js";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

await rm("dist", { recursive: true, force: true });
const { metafile } = await build({
  ...bundleOptions,
  entryPoints: { "okta-mcp": "bin/okta-mcp.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  define: { "process.env.OKTA_MCP_VERSION": JSON.stringify(version) },
  metafile: true,
});
await chmod("dist/okta-mcp.js", 0o755);
await writeFile("dist/third-party-licences.txt", await licencesOf(metafile));
