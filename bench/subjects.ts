/** How to start what is measured. */
export interface Subjects {
  /** The built server's entry. */
  entry: string;
  /** The base "empty". */
  empty: string;
  /** A bundle of the SDK's server class alone. */
  bare: string;
  /** The script of the base "fetch". */
  fetch: string;
  /** The settings of the server, for one of the orgs. */
  env(org: string, more?: Record<string, string>): Record<string, string>;
}

/** How long something takes, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The subjects in the order of a round: each round begins with another, so that none has its place to thank. */
export function inTurn<Subject>(round: number, subjects: readonly Subject[]): Subject[] {
  const first = round % subjects.length;
  return [...subjects.slice(first), ...subjects.slice(0, first)];
}
