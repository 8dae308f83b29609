import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createIo, type Io } from "../../src/cli/io.js";
import type { CompanyWeb } from "./company-server.js";

/** serve.json of a running server, and a terminal whose output is kept. */
export function commandLine({ content, folder }: CompanyWeb, change: Record<string, unknown> = {}) {
  const config = join(folder, "serve.json");
  chmodSync(join(folder, "secret"), 0o600);
  writeFileSync(config, JSON.stringify({ ...content, data_dir: "data", ...change }), { mode: 0o600 });
  const written: string[] = [];
  const noted: string[] = [];
  const io: Io = {
    ...createIo(process),
    env: {},
    interactive: false,
    out: (text) => written.push(text),
    note: (text = "") => noted.push(text),
    copyable: (text) => noted.push(text),
  };
  return { config, io, text: () => written.join("\n"), notes: () => noted.join("\n") };
}
