/** The system's code for a failure, e.g. "ENOENT"; "unknown error" where there is none. */
export function codeOf(error: unknown): string {
  return (error instanceof Error && (error as NodeJS.ErrnoException).code) || "unknown error";
}
