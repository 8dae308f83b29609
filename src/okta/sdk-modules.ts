import { createRequire } from "node:module";
import { standIns } from "./sdk-stand-ins.js";

const require = createRequire(import.meta.url);

/**
 * The SDK's API classes with object parameters, e.g. `ObjectGroupApi`, with the stand-ins in place
 * of what they need not. From node_modules they come all at once, and the stand-ins are put into
 * the cache of `require`; in a bundle `scripts/okta-sdk-plugin.ts` replaces this module by one that
 * loads each class by itself.
 */
const classes = loadFromNodeModules();

/** The SDK's names of its APIs, e.g. `Group`, in the SDK's order. */
export const apiNames: readonly string[] = [...classes.keys()];

/** The class of an API by one of `apiNames`. */
export async function loadApi(name: string): Promise<unknown> {
  return classes.get(name);
}

function loadFromNodeModules(): ReadonlyMap<string, unknown> {
  const sdk = createRequire(require.resolve("@okta/okta-sdk-nodejs/package.json"));
  for (const [specifier, exports] of Object.entries(standIns)) {
    const filename = sdk.resolve(specifier);
    const module = Object.assign(Object.create(null), { id: filename, filename, loaded: true, exports, children: [] });
    require.cache[filename] = module;
  }
  const exported: Record<string, unknown> = sdk("./src/generated/types/ObjectParamAPI.js");
  const named = Object.entries(exported).map(([key, value]) => [/^Object(\w+)Api$/.exec(key)?.[1], value] as const);
  return new Map(named.filter((entry): entry is [string, unknown] => entry[0] !== undefined));
}
