import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A browser's command that hands each address to the test, and the queue of these addresses. */
export async function browserStub(folder: string) {
  const opened: URL[] = [];
  const waiting: ((address: URL) => void)[] = [];
  const server = createServer((request, response) => {
    const address = new URL(new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("address") ?? "");
    opened.push(address);
    waiting.shift()?.(address);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const script = `fetch("http://127.0.0.1:${port}/?address=" + encodeURIComponent(process.argv[1]))`;
  for (const name of ["browser", "xdg-open"]) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec "${process.execPath}" -e '${script}' "$1"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  let taken = 0;
  /** Resolves with the next address that a program opens. */
  const next = (): Promise<URL> => {
    taken += 1;
    const known = opened[taken - 1];
    return known === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(known);
  };
  const env = { BROWSER: join(folder, "browser"), PATH: `${folder}:${process.env.PATH}` };
  return { opened, next, env };
}
