import { readFileSync } from "node:fs";

/** The package's version. The build writes it in; from source it is read from package.json. */
export function version(): string {
  if (process.env.OKTA_MCP_VERSION) return process.env.OKTA_MCP_VERSION;
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}
