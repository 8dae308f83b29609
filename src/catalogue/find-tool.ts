import { OktaMcpError } from "../errors/index.js";
import type { Catalogue, CatalogueEntry } from "./catalogue.js";
import { unknownTool } from "./unknown-tool.js";

function switchedOff(name: string, why: string): OktaMcpError {
  return new OktaMcpError("protected", `${name} is off: ${why}. Nothing was done.`, {
    fix: "Tell the person. Only a person can change that setting, and has to start the server again.",
    atTerminal: { fix: "Change that setting, if it is yours to change." },
    data: { rule: why },
  });
}

/** The tool of a name, with why where a setting leaves it out; the names that there are where none has it. */
export function lookUp(
  catalogue: Catalogue,
  name: string,
): { tool: CatalogueEntry; why?: string } | { names: string[] } {
  const { entries, leftOut } = catalogue;
  const tool = catalogue.get(name);
  if (tool) return { tool };
  const off = leftOut.find((one) => one.tool.name === name);
  return off ?? { names: [...entries, ...leftOut.map((one) => one.tool)].map((one) => one.name) };
}

/**
 * The tool of a name.
 * @throws OktaMcpError bad_input for a tool that is not there, protected for one that a setting leaves out
 */
export function findTool(catalogue: Catalogue, name: string): CatalogueEntry {
  const found = lookUp(catalogue, name);
  if ("names" in found) throw unknownTool(name, found.names, catalogue.elsewhere);
  if (found.why !== undefined) throw switchedOff(name, found.why);
  return found.tool;
}
