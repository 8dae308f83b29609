import { createPublicKey } from "node:crypto";
import type { PrivateKey } from "../auth/private-key.js";
import { type AppEntry, readApp } from "../config/app-files.js";
import type { CheckContext } from "./check-context.js";
import { about, type Finding } from "./finding.js";

/** Secrets that are shorter were not made by Okta, which makes 40 characters and more. */
const MIN_SECRET_CHARS = 32;

/** Checks every secret and key that serve.json names: that it can be read, by whom, and how strong it is. */
export function checkKeys({ content, file }: Pick<CheckContext, "content" | "file">): Finding[] {
  const entries: [string, AppEntry | undefined][] = [
    ["okta", content.okta],
    ["tokens", content.tokens],
    ["directory", content.directory],
    ...content.roles.map(({ name, service }): [string, AppEntry | undefined] => [`role ${name}`, service]),
  ];
  return entries.flatMap(([name, entry]) => (entry === undefined ? [] : checkEntry(name, entry, file)));
}

function checkEntry(name: string, entry: AppEntry, file: string): Finding[] {
  const { ok, wrong } = about(`key of ${name}`);
  const path = entry.private_key_file ?? entry.client_secret_file;
  if (path === undefined) return [];
  const mistakes: string[] = [];
  const app = readApp(entry, file, (member, problem) => mistakes.push(`${member} ${problem}`));
  if (mistakes.length > 0) return [wrong(mistakes.join(" "))];
  const { privateKey, clientSecret = "" } = app ?? {};
  if (privateKey !== undefined) return [ok(`${path}: ${kindOf(privateKey)}, key id ${privateKey.kid}.`)];
  if (clientSecret.length < MIN_SECRET_CHARS) {
    return [
      wrong(
        `The client secret in ${path} has ${clientSecret.length} characters; Okta's are longer.`,
        "Copy it again: Applications > the app > General > Client Credentials. A private key is better than a secret.",
        "invalid_client",
      ),
    ];
  }
  return [ok(`${path}: a client secret. A private key would be better.`)];
}

/** A key in words, by its public half. */
function kindOf({ key, alg }: PrivateKey): string {
  const { modulusLength, namedCurve } = createPublicKey(key).asymmetricKeyDetails ?? {};
  return modulusLength === undefined ? `${alg} on ${namedCurve ?? "a curve"}` : `RSA of ${modulusLength} bits`;
}
