const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
};

/** The reason why a file could not be read, by the system's error code. A rare code stands for itself. */
export function whyUnreadable(code: string): string {
  return REASONS[code] ?? code;
}
