import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { standIns } from "../src/okta/sdk-stand-ins.js";

const sdk = createRequire(createRequire(import.meta.url).resolve("@okta/okta-sdk-nodejs/package.json"));
const standInsFile = fileURLToPath(new URL("../src/okta/sdk-stand-ins.ts", import.meta.url));

/**
 * Does in a bundle what `src/okta/sdk-modules.ts` does in node_modules: the SDK's request factories
 * with our stand-ins for what serializes, sends and pages. No banner for `require` is needed.
 */
export const oktaSdkPlugin: Plugin = {
  name: "okta-sdk",
  setup(build) {
    const specifiers = new Map(Object.keys(standIns).map((specifier) => [sdk.resolve(specifier), specifier]));
    build.onLoad({ filter: /[\\/]src[\\/]okta[\\/]sdk-modules\.ts$/ }, () => ({
      contents: `export * as sdkModules from ${JSON.stringify(sdk.resolve("./src/generated/types/ObjectParamAPI.js"))};`,
      loader: "js",
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    }));
    build.onLoad({ filter: /\.js$/ }, ({ path }) => {
      const specifier = specifiers.get(path);
      if (specifier === undefined) return undefined;
      const source = JSON.stringify(standInsFile);
      return { contents: `module.exports = require(${source}).standIns[${JSON.stringify(specifier)}];`, loader: "js" };
    });
    // The factories ask for Node's `url` by `require`, which an ES module does not have.
    build.onResolve({ filter: /^url$/ }, ({ importer }) =>
      importer.includes("okta-sdk-nodejs") ? { path: "url", namespace: "okta-sdk" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "okta-sdk" }, () => ({
      contents: "module.exports = { URLSearchParams };",
      loader: "js",
    }));
  },
};
