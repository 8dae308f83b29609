import type { Plugin } from "esbuild";
import { toolCards } from "../src/cli/tool-cards.js";
import { toolDefinitions } from "../src/cli/tool-definitions.js";

/** The modules whose values are known when the bundle is made: file -> exported name and value. */
const KNOWN = {
  "tool-cards": ["toolCards", toolCards],
  "tool-definitions": ["toolDefinitions", toolDefinitions],
} as const;

/** Writes what a list tells of every tool into the bundle, in place of what computes it. */
export const toolCardsPlugin: Plugin = {
  name: "tool-cards",
  setup(build) {
    for (const [file, [name, value]] of Object.entries(KNOWN)) {
      build.onLoad({ filter: new RegExp(`[\\\\/]src[\\\\/]cli[\\\\/]${file}\\.ts$`) }, () => ({
        // V8 reads JSON several times faster than it compiles the same as code.
        contents: `export const ${name} = JSON.parse(${JSON.stringify(JSON.stringify(value))});`,
        loader: "js",
      }));
    }
  },
};
