import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build, transform } from "esbuild";
import { bundleOptions } from "./bundle.js";
import { licencesOf } from "./licences.js";
import { oneStartFilePlugin } from "./one-start-file-plugin.js";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

await rm("dist", { recursive: true, force: true });
const { metafile, outputFiles } = await build({
  ...bundleOptions,
  entryPoints: { "okta-mcp": "bin/okta-mcp.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  plugins: [oneStartFilePlugin, ...bundleOptions.plugins],
  define: { "process.env.OKTA_MCP_VERSION": JSON.stringify(version) },
  metafile: true,
  write: false,
});

// Node.js starts CommonJS some 4 ms sooner than ES modules; only those can be split, so each file is rewritten.
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: bundleOptions.target,
    minify: true,
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "__filename" },
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, code);
}
await writeFile("dist/package.json", '{ "type": "commonjs" }\n');
await chmod("dist/okta-mcp.js", 0o755);
await writeFile("dist/third-party-licences.txt", await licencesOf(metafile));
