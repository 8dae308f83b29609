import type { Plugin } from "esbuild";
import { toolCards } from "../src/cli/tool-cards.js";
import { toolDefinitions } from "../src/cli/tool-definitions.js";
import { OPERATIONS } from "../src/okta/build-request.js";

/** The modules whose values are known when the bundle is made, each with how its value is exported. */
const KNOWN = {
  "src/cli/tool-cards.ts": ["export const toolCards =", toolCards],
  "src/cli/tool-definitions.ts": ["export const toolDefinitions =", toolDefinitions],
  "src/okta/operations.json": ["export default", OPERATIONS],
} as const;

/**
 * Writes known values into the bundle: what a list tells of every tool, in place of the code that computes it, and the
 * table of Okta's operations. They are JSON in a string, since V8 reads that several times faster than it compiles the
 * same as code.
 */
export const knownValuesPlugin: Plugin = {
  name: "known-values",
  setup(build) {
    for (const [file, [exported, value]] of Object.entries(KNOWN)) {
      build.onLoad({ filter: new RegExp(`[\\\\/]${file.replaceAll("/", "[\\\\/]").replace(".", "\\.")}$`) }, () => ({
        contents: `${exported} JSON.parse(${JSON.stringify(JSON.stringify(value))});`,
        loader: "js",
      }));
    }
  },
};
