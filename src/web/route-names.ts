/** Probes come from anywhere, and these paths tell nothing. */
export const FOR_PROBES: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** Paths that count by themselves. */
const ALONE: ReadonlySet<string> = new Set([
  "/",
  "/mcp",
  "/sse",
  ...FOR_PROBES,
  "/me",
  "/oauth/authorize",
  "/oauth/token",
  "/oauth/register",
  "/oauth/revoke",
  "/oauth/jwks",
]);

/** Paths that count together with all below them. */
const TOGETHER = [
  "/.well-known",
  "/oauth/interaction",
  "/oauth/authorize",
  "/auth",
  "/connect",
  "/approve",
  "/me",
  "/admin",
  "/okta",
  "/assets",
] as const;

/**
 * The name of the route of a path, for numbers. There are few of them, whatever anybody asks for.
 * @param path without its query
 */
export function routeName(path: string): string {
  const plain = path === "/mcp/" ? "/mcp" : path;
  if (ALONE.has(plain)) return plain;
  const known = TOGETHER.find((one) => plain === one || plain.startsWith(`${one}/`));
  return known === undefined ? "other" : `${known}/*`;
}
