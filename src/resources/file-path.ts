import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { withoutTilde } from "../files/user-dirs.js";

/** Where the texts of a resource are. */
export type FilePath =
  | { file: string }
  | {
      /** The folder that no variable leads out of. */
      folder: string;
      /** The rest of the path, with `{name}` for the variables. */
      rest: string;
    };

const VARIABLES = /\{([^{}]*)\}/g;

/**
 * The path that the settings mean.
 * @param given as in the settings; a relative path begins at their folder
 * @param variables the names that may stand in it as `{name}`
 * @returns what is wrong with it, as the rest of a sentence
 */
export function filePath(
  given: string,
  settingsFile: string,
  variables: readonly string[],
): FilePath | { problem: string } {
  const used = [...given.matchAll(VARIABLES)].map(([, name = ""]) => name);
  const unknown = used.find((name) => !variables.includes(name));
  if (unknown !== undefined) return { problem: `names {${unknown}}, which is no variable of the template` };
  const settings = dirname(resolve(settingsFile));
  const path = resolve(settings, withoutTilde(given));
  if (used.length === 0) return { file: path };
  const names = path.split(sep);
  const first = names.findIndex((name) => name.includes("{"));
  const folder = names.slice(0, first).join(sep) || sep;
  const towards = relative(folder, settings);
  // The settings stand beside keys and secrets as a rule.
  if (towards.split(sep)[0] !== ".." && !isAbsolute(towards)) {
    return {
      problem: "would let a URI choose among the files beside the settings. Put these files into a folder of their own",
    };
  }
  return { folder, rest: names.slice(first).join(sep) };
}

/** Signs that some system takes for more than a letter of a name, and names that it keeps for devices. */
const NO_NAME = /[<>:"|?*]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** The rest of a path with values in place of its variables; undefined where a value makes it no path of plain names. */
export function filledPath(rest: string, values: ReadonlyMap<string, string>): string | undefined {
  const names = rest
    .split(sep)
    .map((name) => name.replaceAll(VARIABLES, (_, variable: string) => values.get(variable) ?? ""));
  const isPlain = names.every((name) => name !== "" && !name.startsWith(".") && !NO_NAME.test(name));
  return isPlain ? names.join(sep) : undefined;
}
