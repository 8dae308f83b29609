import { readFileSync } from "node:fs";

/** The package's version: written in by the build, read from package.json when run from source. */
export function version(): string {
  if (process.env.OKTA_MCP_VERSION) return process.env.OKTA_MCP_VERSION;
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}
