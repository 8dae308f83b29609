import { apisFileOf, type SettingSource } from "../config/config.js";
import { SETTING_KEYS, type SettingKey } from "../config/settings.js";
import type { OwnApis } from "./apis/read-apis-file.js";
import type { Io } from "./io.js";
import { toolCards } from "./tool-cards.js";

/** The options of settings and `--sandbox`, as commander read them. */
export type SettingFlags = Partial<Record<SettingKey, string | true>> & { sandbox?: true };

/** The source of a command's settings, and what the file says that names a company's own APIs. */
export interface OpenedSource extends SettingSource {
  own: OwnApis | undefined;
}

/**
 * Finds the settings of a command, and reads the file of APIs where they name one. Only then anything of it is loaded.
 */
export async function openSource(io: Pick<Io, "env">, options: SettingFlags): Promise<OpenedSource> {
  const source = settingSource(io, options);
  const file = apisFileOf(source);
  if (file === undefined) return { ...source, own: undefined };
  const { readApisFile } = await import("./apis/read-apis-file.js");
  const own = await readApisFile(file);
  if ("problems" in own) return { ...source, apis: own, own: undefined };
  return { ...source, tools: [...toolCards, ...own.tools.catalogue.entries], apis: own.tools, own };
}

/**
 * The source of a command's settings. Commander keeps a flag under the key of its setting; a test checks that the names
 * agree.
 */
function settingSource({ env }: Pick<Io, "env">, options: SettingFlags): SettingSource {
  const flags = SETTING_KEYS.flatMap((key) => {
    const given = options[key];
    // A flag without a value means yes.
    return given === undefined ? [] : [[key, given === true ? "1" : given]];
  });
  return { flags: Object.fromEntries(flags), env, tools: toolCards };
}
