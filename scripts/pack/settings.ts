import { SETTINGS, type SettingKey } from "../../src/config/settings.js";

/** A setting that a catalogue of servers or a desktop client asks a person for. */
export interface AskedSetting {
  env: string;
  /** The name of the setting in a form. */
  title: string;
  meaning: string;
  required: boolean;
  kind: "text" | "file" | "secret";
}

/** What has to be asked before the server can start; all else has a default. */
const ASKED: readonly { key: SettingKey; title: string; required?: true; kind?: AskedSetting["kind"] }[] = [
  { key: "orgUrl", title: "Okta org", required: true },
  { key: "clientId", title: "Client ID", required: true },
  { key: "scopes", title: "Scopes", required: true },
  { key: "privateKeyFile", title: "Private key file", kind: "file" },
  { key: "keyId", title: "Key ID" },
];

export const askedSettings: readonly AskedSetting[] = ASKED.map(({ key, title, required = false, kind = "text" }) => {
  const { env, meaning } = SETTINGS[key];
  return { env, title, meaning, required, kind };
});
