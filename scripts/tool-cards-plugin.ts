import type { Plugin } from "esbuild";
import { toolCards } from "../src/cli/tool-cards.js";

/** Writes what a list tells of every tool into the bundle, in place of what computes it. */
export const toolCardsPlugin: Plugin = {
  name: "tool-cards",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]cli[\\/]tool-cards\.ts$/ }, () => ({
      // V8 reads JSON several times faster than it compiles the same as code.
      contents: `export const toolCards = JSON.parse(${JSON.stringify(JSON.stringify(toolCards))});`,
      loader: "js",
    }));
  },
};
