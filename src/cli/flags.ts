import type { SettingSource } from "../config/config.js";
import { SETTING_KEYS, type SettingKey } from "../config/settings.js";
import type { Io } from "./io.js";
import { toolCards } from "./tool-cards.js";

/** The options of settings and `--sandbox`, as commander read them. */
export type SettingFlags = Partial<Record<SettingKey, string | true>> & { sandbox?: true };

/**
 * The source of a command's settings. Commander keeps a flag under the key of its setting; a test checks that the names
 * agree.
 */
export function settingSource({ env }: Pick<Io, "env">, options: SettingFlags): SettingSource {
  const flags = SETTING_KEYS.flatMap((key) => {
    const given = options[key];
    // A flag without a value means yes.
    return given === undefined ? [] : [[key, given === true ? "1" : given]];
  });
  return { flags: Object.fromEntries(flags), env, tools: toolCards };
}
