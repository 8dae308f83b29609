/** One challenge of a `WWW-Authenticate` field (RFC 9110, section 11.6.1). Names are in small letters. */
export interface Challenge {
  scheme: string;
  parameters: ReadonlyMap<string, string>;
}

/** Longer fields are read no further; servers send some hundred characters. */
const MAX_CHARS = 8192;

const SEPARATOR = /[\s,]+/y;
const NAME = /[!#$%&'*+.^_`|~\w-]+/y;
const EQUALS = /\s*=\s*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;

/**
 * Reads the challenges of an answer in one pass over the field, however odd it is.
 * What follows a part that cannot be read is left out.
 */
export function challengesOf(headers: Headers): Challenge[] {
  const field = (headers.get("WWW-Authenticate") ?? "").slice(0, MAX_CHARS);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  /** The match of a pattern at this very place. The reader then goes past it. */
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(field);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    take(SEPARATOR);
    const name = take(NAME)?.[0].toLowerCase();
    if (name === undefined) return challenges;
    if (take(EQUALS) === null) {
      challenges.push({ scheme: name, parameters: new Map() });
      continue;
    }
    const value = take(QUOTED)?.[1]?.replace(/\\(.)/gs, "$1") ?? take(NAME)?.[0];
    const parameters = challenges.at(-1)?.parameters;
    // The first one counts: a second of the same name is an error of the server's.
    if (value !== undefined && parameters && !parameters.has(name)) parameters.set(name, value);
  }
}

/** The challenge that tells an error (RFC 6750, section 3.1; RFC 9449, section 7.1); undefined where none does. */
export function failedChallenge(headers: Headers): Challenge | undefined {
  return challengesOf(headers).find(({ parameters }) => parameters.has("error"));
}
