/** The system's word for why something failed, e.g. "ENOENT"; "unknown error" where it has none. */
export function codeOf(error: unknown): string {
  return (error instanceof Error && (error as NodeJS.ErrnoException).code) || "unknown error";
}
