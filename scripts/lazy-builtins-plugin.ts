import type { Plugin } from "esbuild";

/** Parts of Node.js that take a while to load and that nothing needs before there is a call. */
const LATE = ["node:crypto", "node:fs/promises", "node:timers/promises"];

/** Loads some parts of Node.js when something of them is first used, in place of when it is imported. */
export const lazyBuiltinsPlugin: Plugin = {
  name: "lazy-builtins",
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(?:${LATE.join("|")})$`) }, ({ path, namespace }) =>
      namespace === "builtin" ? { path, external: true } : { path, namespace: "builtin" },
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, async ({ path }) => ({
      contents: `
        for (const name of ${JSON.stringify(Object.keys(await import(path)).filter((name) => name !== "default"))})
          Object.defineProperty(exports, name, { get: () => require(${JSON.stringify(path)})[name], enumerable: true });`,
      loader: "js",
    }));
  },
};
