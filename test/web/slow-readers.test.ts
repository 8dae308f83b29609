import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { SlowReaders } from "../../src/web/slow-readers.js";

/** A server whose every answer has more bytes than the system keeps for a connection. */
async function serve(patienceMs: number) {
  const readers = new SlowReaders(patienceMs);
  let ended = 0;
  const server = createServer((_request, response) => {
    readers.watch(response);
    response.once("close", () => {
      ended += 1;
    });
    response.end(Buffer.alloc(40_000_000, "x"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = () => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    onTestFinished(() => void socket.destroy());
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return socket;
  };
  return { ask, ended: () => ended };
}

test("L9: whoever takes nothing of an answer is cut off, and whoever takes it slowly is not", async () => {
  const { ask, ended } = await serve(1_500);
  const idle = ask().pause();
  await expect.poll(ended, { timeout: 15_000 }).toBe(1);
  let got = 0;
  idle.on("data", (part: Buffer) => {
    got += part.length;
  });
  idle.resume();
  await expect.poll(() => idle.destroyed, { timeout: 15_000 }).toBe(true);
  expect(got).toBeLessThan(40_000_000);
  const slow = ask();
  let taken = 0;
  slow.on("data", (part: Buffer) => {
    taken += part.length;
    if (taken > 30_000_000) return;
    slow.pause();
    setTimeout(() => slow.resume(), 2);
  });
  await expect.poll(ended, { timeout: 40_000 }).toBe(2);
  await expect.poll(() => taken, { timeout: 10_000 }).toBeGreaterThan(40_000_000);
}, 60_000);
