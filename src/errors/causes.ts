/** An error that goes on for ever is no error of anybody's. */
const MAX_CAUSES = 5;

/** An error, what caused it, what caused that, and so on; `fetch` wraps the one that tells something. Nothing for what is no error. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && causes.length < MAX_CAUSES; at = at.cause) causes.push(at);
  return causes;
}

/** The code of an error or of what caused it, e.g. "ECONNREFUSED"; no free text, which could quote what is secret. */
export function causeCode(error: unknown): string | undefined {
  for (const cause of causesOf(error)) {
    if ("code" in cause && typeof cause.code === "string" && /^[A-Z0-9_]{3,60}$/.test(cause.code)) return cause.code;
  }
  return undefined;
}
