/** The most bytes that all definitions together may take in an answer to tools/list. */
export const MOST_BYTES = 96_000;

/** The most bytes for the definitions that an admin of people and access needs. */
export const MOST_BYTES_OF_ACCESS = 51_500;
export const AREAS_OF_ACCESS = [
  "users",
  "groups",
  "applications",
  "policies",
  "policy-rules",
  "device-assurance",
  "system-log",
  "journal",
  "session",
] as const;
