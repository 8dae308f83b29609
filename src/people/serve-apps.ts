import type { AppCredentials } from "../auth/client-authentication.js";
import { fingerprint } from "../auth/private-key.js";
import { readApp } from "../config/app-files.js";
import type { ServeFile } from "./serve-fields.js";
import type { AddMistake } from "./whole-parts.js";

/** The members of serve.json that name an app in Okta with a secret or key in a file. Roles have theirs besides. */
const WITH_APP = ["okta", "tokens", "directory"] as const;

/** The apps in Okta of these members; undefined where a member names none. */
export type ServeApps = Record<(typeof WITH_APP)[number], AppCredentials | undefined>;

/**
 * Reads the secrets and keys of the apps that serve.json names outside its roles. Every mistake is told with its place.
 * @param members the members of serve.json that are right by themselves
 * @param file the path of serve.json, from whose folder relative paths begin
 */
export function readServeApps(
  members: Partial<Pick<ServeFile, (typeof WITH_APP)[number]>>,
  file: string,
  add: AddMistake,
): ServeApps {
  const read = (name: (typeof WITH_APP)[number]) => {
    const entry = members[name];
    return entry && readApp(entry, file, (member, problem) => add([name, member], problem));
  };
  return { okta: read("okta"), tokens: read("tokens"), directory: read("directory") };
}

/** The members whose app has another secret or key than before. */
export function withNewSecret(before: ServeApps, after: ServeApps): string[] {
  return WITH_APP.filter((name) => secretOf(before[name]) !== secretOf(after[name]));
}

function secretOf(app: AppCredentials | undefined): string | undefined {
  return app?.privateKey === undefined ? app?.clientSecret : fingerprint(app.privateKey);
}
