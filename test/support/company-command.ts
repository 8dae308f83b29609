import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { SERVE_CHECKS } from "../../src/cli/company/serve-checks.js";
import { startServe } from "../../src/cli/company/start-serve.js";
import { createIo, type Io } from "../../src/cli/io.js";
import { loadServe } from "../../src/people/load-serve.js";
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

/** Starts the server of a serve.json in this process. It is closed when the test is over. @returns what it logs */
export async function startServeOf({ config, io }: Pick<ReturnType<typeof commandLine>, "config" | "io">, env = {}) {
  const loaded = loadServe(config, SERVE_CHECKS);
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  const written: string[] = [];
  const stderr = { write: (text: string | Uint8Array) => written.push(String(text)) > 0 } as NodeJS.WriteStream;
  const running = await startServe(loaded, { ...io, stderr, env });
  onTestFinished(() => running.close("the test is over", { atOnce: true }));
  return { logged: () => written.join("") };
}
