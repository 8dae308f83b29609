import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";

const start = fileURLToPath(new URL("../src/cli/start.ts", import.meta.url));

/**
 * The exports of a package in Node.js. A bundler does not know them of a CommonJS package: `export *` of one gives
 * nothing in a separate file, and each imported name would be undefined there.
 */
async function namesOf(file: string): Promise<string[]> {
  const names = Object.keys(await import(pathToFileURL(file).href));
  // Later versions of Node.js also name `module.exports`, which is no name that code can ask for.
  return names.filter((name) => /^[\w$]+$/.test(name));
}

/**
 * Makes one file of all that every start loads: a file costs about as much as what is in it. A
 * bundler puts into one file what the same parts of a program need; so every part that is loaded
 * later asks for the start, which is there by then, and none needs less of it than another.
 */
export const oneStartFilePlugin: Plugin = {
  name: "one-start-file",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path, importer, resolveDir }) => {
      const isPart = /[\\/]src[\\/]/.test(importer);
      if (kind !== "dynamic-import" || !isPart || build.initialOptions.external?.includes(path)) return undefined;
      return { path, namespace: "later", pluginData: resolveDir };
    });
    build.onLoad({ filter: /.*/, namespace: "later" }, async ({ path, pluginData: resolveDir }) => {
      const from = JSON.stringify(path);
      // Our own modules have no default.
      const exported = path.startsWith(".") ? `export * from ${from};` : await ofPackage(path);
      return { contents: `import ${JSON.stringify(start)}; ${exported}`, loader: "js", resolveDir };

      async function ofPackage(name: string): Promise<string> {
        const { path: file } = await build.resolve(name, { kind: "dynamic-import", resolveDir, namespace: "later" });
        return `export { ${(await namesOf(file)).join(", ")} } from ${from};`;
      }
    });
  },
};
