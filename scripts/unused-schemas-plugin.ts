import type { Plugin } from "esbuild";
import { namesOf } from "./names-of.js";

/** The MCP library's file of OAuth documents. Its own name ends in a hash. */
const OAUTH_SCHEMAS = /[\\/]@modelcontextprotocol[\\/]core[\\/]dist[\\/]auth-[\w-]+\.mjs$/;

/** Stands for a schema that nobody asks: whoever asks it gets a refusal, never a yes. */
const REFUSING = `new Proxy({}, {
  get() {
    throw new Error("No schema of an OAuth document is bundled.");
  },
})`;

/**
 * Leaves out the MCP library's schemas of OAuth documents. The server of the stateless revision only enters them in a
 * list for its users, of whom we are none, and they take a quarter of the time in which it loads.
 */
export const unusedSchemasPlugin: Plugin = {
  name: "unused-schemas",
  setup(build) {
    build.onLoad({ filter: OAUTH_SCHEMAS }, async ({ path }) => {
      const names = await namesOf(path);
      const exported = names.map((name) => `refusing as ${name}`).join(", ");
      return { contents: `const refusing = ${REFUSING};\nexport { ${exported} };`, loader: "js" };
    });
  },
};
