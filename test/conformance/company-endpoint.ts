import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { startCompanyWeb } from "../support/company-server.js";

/**
 * Starts the server of a company, and in front of it a person's client, which adds the person's token to each request and
 * changes nothing else: the suite has no token of its own.
 * @returns the address for the suite
 */
export async function serveCompany(): Promise<string> {
  const { publicUrl, signIn } = await startCompanyWeb({
    serve: { limits: { calls_at_once: 100, body_bytes: 1_048_576 } },
  });
  const { access_token } = await signIn();
  const { host } = new URL(publicUrl);
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${access_token}` };
    // A name that leads elsewhere stays as it came, since the server has to refuse it.
    if (headers.host === own) headers.host = host;
    if (headers.origin === `http://${own}`) headers.origin = publicUrl;
    const call = request(`${publicUrl}${incoming.url}`, { method: incoming.method ?? "GET", headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    call.on("error", () => outgoing.destroy());
    outgoing.on("close", () => call.destroy());
    incoming.pipe(call);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${own}/mcp`;
}
