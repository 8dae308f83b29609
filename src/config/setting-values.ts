import { existsSync } from "node:fs";
import { delimiter, dirname, isAbsolute } from "node:path";
import { TOOL_PATTERN } from "../catalogue/choice.js";
import { withoutTilde } from "../files/user-dirs.js";
import { visible } from "../text/quote.js";
import { redact } from "../text/redact.js";

/** The fault of a value, as the rest of a sentence that begins with the setting's name. */
export interface Problem {
  problem: string;
}

/** True for a fault. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "problem" in value;
}

/** A given value in the form for a message: short, one line, without secrets. */
function shown(value: unknown): string {
  const text = visible(redact(String(value)));
  return `"${text.length > 40 ? `${text.slice(0, 39)}…` : text}"`;
}

/** One word of a few, in any case. */
export function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  const words = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return (text: string): Choice | Problem => {
    const word = text.toLowerCase();
    return choices.find((choice) => choice === word) ?? { problem: `is ${shown(word)}. Choose ${words}.` };
  };
}

/** Any text, as it is. */
export function asGiven(text: string): string | Problem {
  return text;
}

/** The client ID of an app, and no placeholder of an example. */
export function clientId(text: string): string | Problem {
  if (/[{}<>$]|your-?_?client/i.test(text)) {
    return {
      problem:
        "still holds the placeholder of an example. Copy the app's client ID from the Okta Admin Console (Applications > your app > General).",
    };
  }
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text;
  return {
    problem:
      "is not a client ID: it holds white space or other odd characters. Copy it again, e.g. 0oa1b2c3d4e5f6g7h8i9.",
  };
}

/** The characters of a scope (RFC 6749, section 3.3). */
export function scopes(text: string): string[] | Problem {
  const words = [...new Set(text.replace(/["']/g, " ").split(/[\s,]+/))].filter((word) => word !== "");
  const odd = words.filter((word) => !/^[A-Za-z0-9_.:/-]{1,200}$/.test(word));
  if (odd.length > 0) {
    return {
      problem: `holds ${odd.map(shown).join(", ")}, which is no scope. Separate scopes by spaces or commas, e.g. "okta.users.read okta.groups.read".`,
    };
  }
  if (!words.some((word) => word.startsWith("okta."))) {
    return { problem: "names no okta.* scope, so no tool would be on. Give at least one, e.g. okta.users.read." };
  }
  return words;
}

/** A token that can stand in a header, and no API token of Okta. */
export function accessToken(text: string): string | Problem {
  if (/^ssws\b/i.test(text) || /^00[\w-]{40}$/.test(text)) {
    return {
      problem:
        "is an Okta API token (SSWS), not an OAuth access token. Get an access token from /oauth2/v1/token, or leave it out and sign in.",
    };
  }
  if (/^(?:bearer|dpop)\s/i.test(text)) return { problem: "starts with a scheme. Give the token alone." };
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  return { problem: "holds white space or other odd characters. Copy the token again." };
}

/** The key ID (kid) of a public key. */
export function keyId(text: string): string | Problem {
  if (/^[\x20-\x7e]{1,200}$/.test(text)) return text;
  return { problem: "holds odd characters. Copy the key's ID from the app's Public keys." };
}

/** A whole number within bounds. */
export function wholeNumber({ min, max }: { min: number; max: number }, example: number) {
  return (text: string): number | Problem => {
    if (!/^\d{1,9}$/.test(text)) return { problem: `is ${shown(text)}. Give a whole number, e.g. ${example}.` };
    const number = Number(text);
    if (number < min) return { problem: `is too small. Give at least ${min}.` };
    return number > max ? { problem: `is too large. Give at most ${max}.` } : number;
  };
}

const YES: ReadonlySet<string> = new Set(["1", "true", "yes", "on"]);
const NO: ReadonlySet<string> = new Set(["0", "false", "no", "off"]);

/** A switch, in the words that env files use. */
export function yesOrNo(text: string): boolean | Problem {
  const word = text.toLowerCase();
  // A value that is neither may have been meant as a restriction, so it must not count as off.
  if (!YES.has(word) && !NO.has(word)) return { problem: `is ${shown(text)}. Give 1 or 0.` };
  return YES.has(word);
}

/** Patterns for names of tools. */
export function toolPatterns(text: string): string[] | Problem {
  const words = [...new Set(text.split(/[\s,]+/))].filter((word) => word !== "");
  const odd = words.filter((word) => !TOOL_PATTERN.test(word));
  if (odd.length > 0) {
    return {
      problem: `holds ${odd.map(shown).join(", ")}, which names no tool. Give names, areas or patterns, e.g. "list_*, users".`,
    };
  }
  return words.length > 0 ? words : { problem: 'names no tool. Give names, areas or patterns, e.g. "list_*".' };
}

/** A file in a folder that is there. */
export function logFile(text: string): string | Problem {
  const file = withoutTilde(text);
  const folder = dirname(file);
  if (existsSync(folder)) return file;
  return { problem: `is in a folder that is not there: ${visible(folder)}. Make it, or choose another.` };
}

/** A folder for the journal, or `off`. */
export function journal(text: string): "off" | { folder: string } | Problem {
  if (NO.has(text.toLowerCase())) return "off";
  const folder = withoutTilde(text);
  if (isAbsolute(folder)) return { folder };
  return { problem: `is ${shown(text)}, which is no absolute path. Give a whole path, or off.` };
}

/** `off` means that there is no guard file on purpose. A file of that name is `./off`. */
export function guardFile(text: string): "off" | { path: string } {
  return text.toLowerCase() === "off" ? "off" : { path: text };
}

/** Folders, separated as in PATH. */
export function fileRoots(text: string): string[] | Problem {
  const folders = text.split(delimiter).map((folder) => folder.trim());
  const absolute = folders.filter((folder) => folder !== "").map(withoutTilde);
  const relative = absolute.filter((folder) => !isAbsolute(folder));
  if (relative.length === 0) return absolute;
  return { problem: `holds ${relative.map(shown).join(", ")}, which is no absolute path. Give whole paths.` };
}
