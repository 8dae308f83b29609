import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { bundle } from "./bundle.js";
import { licencesOf } from "./licences.js";
import { oneStartFilePlugin } from "./one-start-file-plugin.js";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

await rm("dist", { recursive: true, force: true });
const metafile = await bundle({
  entryPoints: { "okta-mcp": "bin/okta-mcp.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  plugins: [oneStartFilePlugin],
  define: { "process.env.OKTA_MCP_VERSION": JSON.stringify(version) },
});
await writeFile("dist/package.json", '{ "type": "commonjs" }\n');
await chmod("dist/okta-mcp.js", 0o755);
await writeFile("dist/third-party-licences.txt", await licencesOf(metafile));
