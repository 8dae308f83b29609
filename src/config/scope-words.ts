import { isKnownScope, SCOPES, SIGN_IN_SCOPES } from "../okta/scopes.js";
import { nearest } from "../text/nearest.js";

/** A sentence for each word of `OKTA_SCOPES` that turns nothing on. */
export function scopeNotices(words: readonly string[]): string[] {
  const notices: string[] = [];
  const foreign = words.filter((word) => !word.startsWith("okta."));
  if (foreign.length > 0) {
    const known = foreign.every((word) => SIGN_IN_SCOPES.some((scope) => scope === word));
    const why = known ? "the sign-in asks for what it needs by itself" : "only okta.* scopes turn tools on";
    // A token in the wrong variable must not be repeated.
    const names = foreign.map((word) => (/^[a-z][a-z_.:]{0,40}$/i.test(word) ? word : "something that is no scope"));
    notices.push(`OKTA_SCOPES: left out ${names.join(", ")}: ${why}.`);
  }
  for (const scope of words) {
    if (!scope.startsWith("okta.") || isKnownScope(scope)) continue;
    const known = Object.keys(SCOPES).map((name) => name.slice("okta.".length));
    const meant = nearest(scope.slice("okta.".length), known);
    notices.push(`OKTA_SCOPES: ${scope} unlocks nothing here${meant ? `; did you mean okta.${meant}?` : "."}`);
  }
  return notices;
}

/** The scopes that cannot write. A scope that manages becomes the one that reads. */
export function readScopes(scopes: readonly string[]): string[] {
  const reading = scopes.map((scope) => scope.replace(/\.manage(?=\.|$)/, ".read"));
  return [...new Set(reading)].filter((scope) => /\.read(?:\.|$)/.test(scope));
}
