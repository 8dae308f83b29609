const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
};

/** Why a file could not be read, by the system's code of the error; the code itself where it is a rare one. */
export function whyUnreadable(code: string): string {
  return REASONS[code] ?? code;
}
