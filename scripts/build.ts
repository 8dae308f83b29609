import { chmod, readFile, rm } from "node:fs/promises";
import { build } from "esbuild";
import { bundleOptions } from "./bundle.js";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

await rm("dist", { recursive: true, force: true });
await build({
  ...bundleOptions,
  entryPoints: { "okta-mcp": "bin/okta-mcp.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  define: { "process.env.OKTA_MCP_VERSION": JSON.stringify(version) },
});
await chmod("dist/okta-mcp.js", 0o755);
