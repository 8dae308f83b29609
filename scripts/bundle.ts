import { fileURLToPath } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";
import { lazyBuiltinsPlugin } from "./lazy-builtins-plugin.js";
import { mcpSchemasPlugin } from "./mcp-schemas-plugin.js";
import { oktaSdkPlugin } from "./okta-sdk-plugin.js";
import { toolCardsPlugin } from "./tool-cards-plugin.js";

const noSchemaCompiler = fileURLToPath(new URL("./no-schema-compiler.js", import.meta.url));

/**
 * The MCP SDK brings a compiler for JSON Schema as its default, which costs more at start than all
 * the rest of it. The server is given a validator of its own and never asks for the default.
 */
const withoutSchemaCompiler: Plugin = {
  name: "without-schema-compiler",
  setup(build) {
    build.onResolve({ filter: /\/ajv-provider\.js$/ }, () => ({ path: noSchemaCompiler }));
  },
};

/** How everything is bundled, but for what goes in and where it goes. */
export const bundleOptions = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minify: true,
  legalComments: "none",
  // A native addon, and optional: it is looked up where it is installed.
  external: ["keytar"],
  plugins: [lazyBuiltinsPlugin, mcpSchemasPlugin, oktaSdkPlugin, toolCardsPlugin, withoutSchemaCompiler],
  logLevel: "warning",
} satisfies BuildOptions;
