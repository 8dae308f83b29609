import { chmod, readFile, rm } from "node:fs/promises";
import { build } from "esbuild";
import { oktaSdkPlugin } from "./okta-sdk-plugin.js";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: { "okta-mcp": "bin/okta-mcp.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minify: true,
  keepNames: true,
  legalComments: "none",
  // A native addon, and optional: it is looked up where it is installed.
  external: ["keytar"],
  define: { "process.env.OKTA_MCP_VERSION": JSON.stringify(version) },
  // Some dependencies are CommonJS and ask for `require` at run time.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  plugins: [oktaSdkPlugin],
  logLevel: "warning",
});
await chmod("dist/okta-mcp.js", 0o755);
