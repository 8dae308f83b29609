import { SETTINGS, type SettingKey } from "../../src/config/settings.js";

/** A setting that a catalogue of servers or a desktop client asks a person for. */
export interface AskedSetting {
  env: string;
  /** The name of the setting in a form. */
  title: string;
  meaning: string;
  required: boolean;
  kind: "text" | "file" | "secret" | "yes-or-no";
  /** The default of a form's field; empty where there is none. */
  default: string;
}

interface Asked {
  key: SettingKey;
  title: string;
  required?: true;
  kind?: AskedSetting["kind"];
  default?: string;
}

/**
 * The settings that the server needs before it can start, and those that limit an assistant. All others have a default.
 */
const ASKED: readonly Asked[] = [
  { key: "orgUrl", title: "Okta org", required: true },
  { key: "clientId", title: "Client ID", required: true },
  { key: "scopes", title: "Scopes", required: true },
  { key: "privateKeyFile", title: "Private key file", kind: "file" },
  { key: "keyId", title: "Key ID" },
  { key: "readOnly", title: "Read only", kind: "yes-or-no" },
  // Desktop clients may be unable to ask a person; who wants removals there has to say so.
  { key: "confirm", title: "Confirmation of removals", default: "elicit-only" },
  // A field for files could not hold the word that says that there is none; a blank one stops the server.
  { key: "guard", title: "Guard file", default: "off" },
];

export const askedSettings: readonly AskedSetting[] = ASKED.map((asked) => {
  const { key, title, required = false, kind = "text", default: filledIn = "" } = asked;
  const { env, meaning } = SETTINGS[key];
  return { env, title, meaning, required, kind, default: filledIn };
});
