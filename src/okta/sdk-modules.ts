import { createRequire } from "node:module";
import { standIns } from "./sdk-stand-ins.js";

const require = createRequire(import.meta.url);

/**
 * The SDK's API classes with object parameters, by name, e.g. `ObjectGroupApi`, with the stand-ins
 * in place of what they need not. From node_modules that is done here, through the cache of
 * `require`; in a bundle `scripts/okta-sdk-plugin.ts` does it and replaces this module.
 */
export const sdkModules: Record<string, unknown> = loadFromNodeModules();

function loadFromNodeModules(): Record<string, unknown> {
  const sdk = createRequire(require.resolve("@okta/okta-sdk-nodejs/package.json"));
  for (const [specifier, exports] of Object.entries(standIns)) {
    const filename = sdk.resolve(specifier);
    const module = Object.assign(Object.create(null), { id: filename, filename, loaded: true, exports, children: [] });
    require.cache[filename] = module;
  }
  return sdk("./src/generated/types/ObjectParamAPI.js");
}
