import { areas, notes } from "../../../tools/index.js";
import { createCatalogue } from "../../catalogue/catalogue.js";
import { ALL_TOOLS } from "../../catalogue/choice.js";
import type { ServeFile } from "../../people/serve-fields.js";
import { type GateOptions, hostsOf } from "../../web/gate.js";

/** The rules for requests to /mcp, as serve.json has them. */
export function gateOf(
  { allowed_origins, limits }: ServeFile,
  publicUrl: string,
  scopes: readonly string[],
): GateOptions {
  return {
    publicUrl,
    scopes,
    hosts: hostsOf(publicUrl),
    origins: new Set([publicUrl, ...allowed_origins].map((url) => new URL(url).origin)),
    maxBodyBytes: limits.body_bytes,
  };
}

/** The names of all tools that do more than read. */
export function writingTools(): ReadonlySet<string> {
  const { entries } = createCatalogue(areas, ALL_TOOLS, notes);
  return new Set(entries.filter(({ effect }) => effect !== "reads").map(({ name }) => name));
}
