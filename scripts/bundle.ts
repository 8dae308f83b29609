import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin, transform } from "esbuild";
import { knownValuesPlugin } from "./known-values-plugin.js";

const noSchemaCompiler = fileURLToPath(new URL("./no-schema-compiler.js", import.meta.url));
const noExemplars = fileURLToPath(new URL("./no-exemplars.cjs", import.meta.url));
const noLocale = fileURLToPath(new URL("./no-locale.js", import.meta.url));

/**
 * The MCP libraries bring a compiler for JSON Schema as their default, which costs more at start than all the rest of
 * them. The servers are given a validator of their own and never ask for the default.
 */
const withoutSchemaCompiler: Plugin = {
  name: "without-schema-compiler",
  setup(build) {
    build.onResolve({ filter: /\/ajv-provider\.js$|^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: noSchemaCompiler,
    }));
  },
};

/** The schema library's own words come into play only where none are given, and every start gives ours. */
const withoutLocale: Plugin = {
  name: "without-locale",
  setup(build) {
    build.onResolve({ filter: /\/locales\/en\.js$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]zod[\\/]v4[\\/]/.test(importer) ? { path: noLocale } : undefined,
    );
  },
};

/** Only the operator's own OpenTelemetry is of use, and the library of numbers would bring another. */
const withoutExemplars: Plugin = {
  name: "without-exemplars",
  setup(build) {
    build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]prom-client[\\/]/.test(importer) ? { path: noExemplars } : undefined,
    );
  },
};

/** The options for making everything smaller and writing it out. */
const FORM = { platform: "node", target: "node20.19", minify: true } satisfies BuildOptions;

/**
 * The authorization server's library stores what it keeps under the names of its classes, and compares these names when
 * it reads. Smaller code has other names, and would not find what other code has stored.
 */
const keepsClassNames: Plugin = {
  name: "keeps-class-names",
  setup(build) {
    build.onLoad({ filter: /[\\/]node_modules[\\/]oidc-provider[\\/]lib[\\/].*\.js$/ }, async ({ path }) => {
      const { target } = FORM;
      const { code } = await transform(await readFile(path, "utf8"), { target, format: "esm", keepNames: true });
      return { contents: code, loader: "js" };
    });
  },
};

const OWN_URL = 'const ownUrl = require("node:url").pathToFileURL(__filename).href;';

/**
 * Bundles and writes CommonJS, which Node.js starts several milliseconds sooner than ES modules. As
 * only those can be split, they come first and each file is rewritten.
 * @param options what goes in, where it goes, and plugins of its own
 * @returns what esbuild tells of the bundle
 */
export async function bundle({ plugins = [], ...options }: BuildOptions): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    ...FORM,
    ...options,
    bundle: true,
    format: "esm",
    legalComments: "none",
    // Optional: each is looked up where it is installed. Native addons cannot go in, and OpenTelemetry is the operator's.
    external: ["keytar", "pg-native", "@opentelemetry/api"],
    plugins: [...plugins, withoutExemplars, knownValuesPlugin, withoutSchemaCompiler, withoutLocale, keepsClassNames],
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const { code, warnings } = await transform(text, {
      ...FORM,
      format: "cjs",
      // What an ES module has by itself: it is strict, and knows its own address.
      banner: text.includes("import.meta.url") ? `"use strict";${OWN_URL}` : '"use strict";',
      supported: { "dynamic-import": false },
      define: { "import.meta.url": "ownUrl" },
    });
    // What CommonJS has no equal for would be undefined when it runs.
    if (warnings.length > 0) throw new Error(`${path}: ${warnings.map((warning) => warning.text).join("; ")}`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
  }
  return metafile;
}
