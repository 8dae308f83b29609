import { dirname, resolve } from "node:path";
import { areas, notes } from "../../../tools/index.js";
import { createCatalogue } from "../../catalogue/catalogue.js";
import { ALL_TOOLS } from "../../catalogue/choice.js";
import type { Log } from "../../log.js";
import type { ServeFile } from "../../people/serve-fields.js";
import type { Tool } from "../../tool.js";
import { type GateOptions, hostsOf } from "../../web/gate.js";
import { TlsFiles } from "../../web/tls-files.js";
import type { WebTimeouts } from "../../web/web-server.js";

/** The rules for requests to /mcp, as serve.json has them at this moment. */
export function gateOf(current: () => ServeFile, publicUrl: string, scopes: readonly string[]): GateOptions {
  const originsOf = remembered(
    ({ allowed_origins }) => new Set([publicUrl, ...allowed_origins].map((url) => new URL(url).origin)),
  );
  return {
    publicUrl,
    scopes,
    hosts: hostsOf(publicUrl),
    origins: { has: (origin) => originsOf(current()).has(origin) },
    get maxBodyBytes() {
      return current().limits.body_bytes;
    },
  };
}

/** Computes something of the settings anew only where they are others than before. */
function remembered<T>(compute: (content: ServeFile) => T): (content: ServeFile) => T {
  let known: { of: ServeFile; value: T } | undefined;
  return (content) => {
    if (known?.of !== content) known = { of: content, value: compute(content) };
    return known.value;
  };
}

/** The limits of calls at once, as they are at this moment. */
export function callsAtOnceOf(current: () => ServeFile): { readonly perPerson: number; readonly inAll: number } {
  return {
    get perPerson() {
      return current().limits.calls_at_once;
    },
    get inAll() {
      return current().limits.calls_at_once_in_all;
    },
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

/** The names of all tools that do more than read. @param ofApis those of the company's APIs */
export function writingTools(ofApis: readonly Pick<Tool, "name" | "effect">[]): ReadonlySet<string> {
  const { entries } = createCatalogue(areas, ALL_TOOLS, notes);
  return new Set([...entries, ...ofApis].filter(({ effect }) => effect !== "reads").map(({ name }) => name));
}
