import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

const start = fileURLToPath(new URL("../src/cli/start.ts", import.meta.url));

/**
 * Makes one file of all that every start loads: a file costs about as much as what is in it. A
 * bundler puts into one file what the same parts of a program need; so every part that is loaded
 * later asks for the start, which is there by then, and none needs less of it than another.
 */
export const oneStartFilePlugin: Plugin = {
  name: "one-start-file",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path, namespace, importer, resolveDir }) => {
      const isPart = namespace === "file" ? /[\\/]src[\\/]/.test(importer) : namespace !== "later";
      if (kind !== "dynamic-import" || !isPart || build.initialOptions.external?.includes(path)) return undefined;
      return { path, namespace: "later", pluginData: resolveDir };
    });
    build.onLoad({ filter: /.*/, namespace: "later" }, ({ path, pluginData: resolveDir }) => {
      const from = JSON.stringify(path);
      // The default of a package is what it exports; our own modules have none.
      const ofPackage = path.startsWith(".") ? "" : `export { default } from ${from};`;
      return {
        contents: `import ${JSON.stringify(start)}; export * from ${from}; ${ofPackage}`,
        loader: "js",
        resolveDir,
      };
    });
  },
};
