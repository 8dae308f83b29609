import { SETTING_KEYS, type SettingKey } from "../config/settings.js";

/** What commander read of the options that belong to settings, and `--sandbox`. */
export type SettingFlags = Partial<Record<SettingKey, string | true>> & { sandbox?: true };

/** The names under which commander keeps the flags of settings are the settings' own keys; a test holds them together. */
export function settingFlags(options: SettingFlags): Partial<Record<SettingKey, string>> {
  return Object.fromEntries(
    SETTING_KEYS.flatMap((key) => {
      const given = options[key];
      // A flag without a value says yes.
      return given === undefined ? [] : [[key, given === true ? "1" : given]];
    }),
  );
}
