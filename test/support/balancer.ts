import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { onTestFinished } from "vitest";

/**
 * Starts a balancer that gives each request to the next server, whoever sends it. It is ended when the test is over.
 * @param addresses the origins of the servers at the moment
 */
export async function startBalancer(port: number, addresses: () => readonly string[]) {
  let turn = 0;
  const served: string[] = [];
  const next = () => {
    const all = addresses();
    const address = all[turn++ % all.length];
    if (address === undefined) throw new Error("no server is left");
    return address;
  };
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const address = next();
    served.push(`${incoming.method} ${incoming.url?.split("?", 1)[0]} ${address}`);
    const { method, headers, url } = incoming;
    // A connection of its own for each request: which server answers must not depend on an earlier one.
    const sent = sendRequest(new URL(url ?? "/", address), { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.once("error", () => outgoing.destroy());
    });
    sent.once("error", () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    outgoing.once("close", () => sent.destroy());
    incoming.pipe(sent);
  };
  const server = createServer(forward).listen(port, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    /** Which server got which request, in their order. */
    served,
  };
}
