import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { apiNames, loadApi } from "../src/okta/sdk-modules.js";
import { standIns } from "../src/okta/sdk-stand-ins.js";

const sdk = createRequire(createRequire(import.meta.url).resolve("@okta/okta-sdk-nodejs/package.json"));
const here = fileURLToPath(new URL(".", import.meta.url));
const standInsFile = fileURLToPath(new URL("../src/okta/sdk-stand-ins.ts", import.meta.url));

/** One API as a module: the SDK's class with object parameters, on the request factory alone. */
async function apiModule(name: string): Promise<string> {
  const source = String(await loadApi(name));
  const layer = /new (\w+)\.Observable\w+Api\(/.exec(source)?.[1];
  if (layer === undefined) throw new Error(`The SDK's class Object${name}Api has changed its form.`);
  return `
    import { ${name}ApiRequestFactory } from ${JSON.stringify(sdk.resolve(`./src/generated/apis/${name}Api.js`))};
    const ${layer} = {
      Observable${name}Api: class {
        constructor(configuration) {
          this.requestFactory = new ${name}ApiRequestFactory(configuration);
        }
      },
    };
    export default ${source};`;
}

/**
 * Does in a bundle what `src/okta/sdk-modules.ts` does in node_modules: the SDK's request factories
 * with our stand-ins for what serializes, sends and pages. Here each API is a module of its own, so
 * that a call loads no other, without the layers that send requests and read answers.
 * No banner for `require` is needed.
 */
export const oktaSdkPlugin: Plugin = {
  name: "okta-sdk",
  setup(build) {
    const specifiers = new Map(Object.keys(standIns).map((specifier) => [sdk.resolve(specifier), specifier]));
    build.onLoad({ filter: /[\\/]src[\\/]okta[\\/]sdk-modules\.ts$/ }, () => ({
      contents: `
        const apis = { ${apiNames.map((name) => `${name}: () => import("okta-sdk-api:${name}")`)} };
        export const apiNames = Object.keys(apis);
        export const loadApi = async (name) => (await apis[name]()).default;`,
      loader: "js",
    }));
    build.onResolve({ filter: /^okta-sdk-api:/ }, ({ path }) => ({
      path: path.slice("okta-sdk-api:".length),
      namespace: "okta-sdk-api",
    }));
    build.onLoad({ filter: /.*/, namespace: "okta-sdk-api" }, async ({ path }) => ({
      contents: await apiModule(path),
      loader: "js",
      resolveDir: here,
    }));
    // The factories come first in their files; what reads answers follows and is not wanted.
    build.onLoad({ filter: /okta-sdk-nodejs[\\/]src[\\/]generated[\\/]apis[\\/]\w+Api\.js$/ }, async ({ path }) => {
      const [factory, ...rest] = (await readFile(path, "utf8")).split(/^(?=class \w+ApiResponseProcessor )/m);
      if (rest.length !== 1) throw new Error(`${path} has changed its form.`);
      return { contents: factory, loader: "js" };
    });
    // A module of its own rather than other contents of theirs: what is replaced is not in the bundle.
    build.onResolve({ filter: /./ }, ({ path, importer, kind }) => {
      if (kind !== "require-call" || !importer.includes("okta-sdk-nodejs")) return undefined;
      const specifier = specifiers.get(createRequire(importer).resolve(path));
      return specifier === undefined ? undefined : { path: specifier, namespace: "okta-sdk-stand-in" };
    });
    build.onLoad({ filter: /./, namespace: "okta-sdk-stand-in" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(standInsFile)}).standIns[${JSON.stringify(path)}];`,
      loader: "js",
      resolveDir: here,
    }));
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
