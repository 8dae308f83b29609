import { type Command, Option } from "commander";
import { SETTING_KEYS, SETTINGS, type Setting, type SettingKey } from "../config/settings.js";

/** Settings that only matter where tools are called. */
const FOR_CALLS: ReadonlySet<SettingKey> = new Set([
  "confirm",
  "maxResultChars",
  "structuredContent",
  "journal",
  "journalFileMb",
  "journalFiles",
  "fileRoots",
]);

/** Adds a flag for each setting that has one, and `--sandbox`. */
export function addSettings(command: Command, { calls = false } = {}): Command {
  command.option("--sandbox", "Use a pretend Okta org inside this process; no other setting is needed.");
  for (const key of SETTING_KEYS) {
    const setting: Setting = SETTINGS[key];
    if (setting.flag === undefined || (FOR_CALLS.has(key) && !calls)) continue;
    const fallback = setting.default === undefined ? "" : `, else ${setting.default}`;
    const option = new Option(setting.flag, `${setting.meaning} [${setting.env}${fallback}]`);
    command.addOption(option.helpGroup("Settings (a flag wins over the variable in brackets):"));
  }
  return command;
}
