import type { SettingSource } from "../config/config.js";
import { SETTING_KEYS, type SettingKey } from "../config/settings.js";
import type { Io } from "./io.js";
import { toolCards } from "./tool-cards.js";

/** What commander read of the options that belong to settings, and `--sandbox`. */
export type SettingFlags = Partial<Record<SettingKey, string | true>> & { sandbox?: true };

/**
 * Where a command's settings come from. The names under which commander keeps the flags of settings
 * are the settings' own keys; a test holds them together.
 */
export function settingSource({ env }: Pick<Io, "env">, options: SettingFlags): SettingSource {
  const flags = SETTING_KEYS.flatMap((key) => {
    const given = options[key];
    // A flag without a value says yes.
    return given === undefined ? [] : [[key, given === true ? "1" : given]];
  });
  return { flags: Object.fromEntries(flags), env, tools: toolCards };
}
