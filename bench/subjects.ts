/** The scripts and the settings that start each measured program. */
export interface Subjects {
  /** The path of the built server's entry. */
  entry: string;
  /** The path of the base "empty". */
  empty: string;
  /** The path of a bundle with only the SDK's server class. */
  bare: string;
  /** The path of the script of the base "fetch". */
  fetch: string;
  /** The path of the base "bare handler", a server of the SDK over HTTP. */
  handler: string;
  /** The path of the base "node", an HTTP server of Node.js alone. */
  http: string;
  /** Returns the server's settings for one of the orgs, with more settings if they are given. */
  env(org: string, more?: Record<string, string>): Record<string, string>;
}

/** Returns the time that some work takes, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * Returns the subjects in the order of a round. The first one differs from round to round, so that its place favours
 * none.
 */
export function inTurn<Subject>(round: number, subjects: readonly Subject[]): Subject[] {
  const first = round % subjects.length;
  return [...subjects.slice(first), ...subjects.slice(0, first)];
}
