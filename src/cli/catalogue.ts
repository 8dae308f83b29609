import { areas } from "../../tools/index.js";
import { type Catalogue, createCatalogue } from "../catalogue.js";
import { unmatchedPatterns } from "../choice.js";
import { badConfig, type Settings } from "../config.js";

/**
 * The tools that the settings let be.
 * @throws OktaMcpError bad_config, naming every pattern that matches no tool
 */
export function chosenCatalogue({ choice }: Pick<Settings, "choice">): Catalogue {
  const catalogue = createCatalogue(areas, choice);
  const all = [...catalogue.entries, ...catalogue.leftOut.map(({ tool }) => tool)];
  const problems = unmatchedPatterns(choice, all);
  if (problems.length > 0) throw badConfig(problems);
  return catalogue;
}
