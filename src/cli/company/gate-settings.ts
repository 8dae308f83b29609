import { dirname, resolve } from "node:path";
import { areas, notes } from "../../../tools/index.js";
import { createCatalogue } from "../../catalogue/catalogue.js";
import { ALL_TOOLS } from "../../catalogue/choice.js";
import type { Log } from "../../log.js";
import type { ServeFile } from "../../people/serve-fields.js";
import { type GateOptions, hostsOf } from "../../web/gate.js";
import { TlsFiles } from "../../web/tls-files.js";
import type { WebTimeouts } from "../../web/web-server.js";

/** The rules for requests to /mcp, as serve.json has them. */
export function gateOf(
  { allowed_origins, limits }: ServeFile,
  publicUrl: string,
  scopes: readonly string[],
): GateOptions {
  return {
    publicUrl,
    scopes,
    hosts: hostsOf(publicUrl),
    origins: new Set([publicUrl, ...allowed_origins].map((url) => new URL(url).origin)),
    maxBodyBytes: limits.body_bytes,
  };
}

/** The times in which a request has to have come. */
export function timeoutsOf({ limits }: ServeFile): WebTimeouts {
  return { headersMs: limits.headers_seconds * 1000, requestMs: limits.request_seconds * 1000 };
}

/** The certificate of this server; undefined where a proxy in front has it. */
export function tlsOf({ tls }: ServeFile, file: string, log: Log): TlsFiles | undefined {
  const at = (path: string) => resolve(dirname(file), path);
  return tls && new TlsFiles({ certFile: at(tls.cert_file), keyFile: at(tls.key_file) }, log);
}

/** The names of all tools that do more than read. */
export function writingTools(): ReadonlySet<string> {
  const { entries } = createCatalogue(areas, ALL_TOOLS, notes);
  return new Set(entries.filter(({ effect }) => effect !== "reads").map(({ name }) => name));
}
