import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Fleet, startFleet } from "../fleet.js";
import { eventsOf, type Listener } from "../listener.js";
import { Load } from "../load.js";
import type { Act, Scenario } from "../row.js";
import { firstOf, inSeconds } from "../settle.js";
import { PER_SECOND } from "./balanced.js";

/** The bounds of the server: streams of one person, and in all. */
const [OF_ONE, IN_ALL] = [20, 1_024];
const HEADERS_SECONDS = 5;
const REQUEST_SECONDS = 8;

/** The processor time that an instance uses in a second, in milliseconds. */
async function idleCpuMs({ instances }: Fleet, seconds: number): Promise<number> {
  const [instance] = instances;
  const before = instance?.cpuMs() ?? 0;
  await delay(seconds * 1000);
  return ((instance?.cpuMs() ?? 0) - before) / seconds;
}

async function listeners(act: Act): Promise<void> {
  const people = Math.ceil(IN_ALL / OF_ONE) + 1;
  const fleet = await startFleet(act, { database: "SQLite", instances: 1, people });
  const [instance] = fleet.instances;
  const open: Listener[] = [];
  act.atEnd(() => open.map((one) => one.close()));
  const load = new Load({ ...fleet, perSecond: act.size(PER_SECOND.full, PER_SECOND.short) / 3, prefix: "L9" });
  await load.warm();
  const [quietMs, beforeMb] = [await idleCpuMs(fleet, 5), instance?.residentMb() ?? 0];
  const refused: number[] = [];
  for (const { token } of fleet.fixture) {
    for (let one = 0; one < OF_ONE + 1; one += 1) {
      const stream = await eventsOf(fleet.publicUrl, token);
      if (stream.status === 200) open.push(stream);
      else refused.push(stream.status);
    }
  }
  const busyMs = await idleCpuMs(fleet, 10);
  const afterMb = instance?.residentMb() ?? 0;
  const ended = open.filter(({ hasEnded }) => hasEnded).length;
  await load.more(load.perSecond * 5);
  await load.stop();
  const counts = (status: number) => refused.filter((one) => one === status).length;
  act.line({
    what: "L9: idle listeners, as many as are let in and more, while people call",
    load: `${people * (OF_ONE + 1)} streams of ${people} people, ${load.ledger.size} requests`,
    lost: ended + load.ledger.all.filter(({ end }) => end !== "done").length,
    refused: `${counts(429)} 429 (the 21st of a person), ${counts(503)} 503 (over ${IN_ALL} in all)`,
    recovered: `${(busyMs - quietMs).toFixed(0)} ms of processor time a second, ${(((afterMb - beforeMb) * 1024) / open.length).toFixed(0)} KB a stream`,
    failure: firstOf(
      open.length !== IN_ALL && `${open.length} streams were opened`,
      ended > 0 && `${ended} streams ended`,
      load.ledger.refusals() !== "none" && `calls were refused: ${load.ledger.refusals()}`,
      busyMs - quietMs > 250 && `${busyMs} ms of processor time a second`,
    ),
  });
  for (const stream of open.splice(0)) stream.close();
  const again = await eventsOf(fleet.publicUrl, fleet.fixture[0]?.token ?? "");
  if (again.status !== 200) throw new Error(`No place was given back: ${again.status}`);
  again.close();
}

/** Sends a text slowly, and resolves with the time until the server ends the connection, in milliseconds. */
function drip(port: number, head: string, pieceMs: number): Promise<number> {
  const startedAtMs = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let timer: NodeJS.Timeout | undefined;
    socket.on("connect", () => {
      socket.write(head);
      timer = setInterval(() => socket.write("x"), pieceMs);
    });
    socket.resume();
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(timer);
      resolve(performance.now() - startedAtMs);
    });
  });
}

async function slowSenders(act: Act): Promise<void> {
  const fleet = await startFleet(act, {
    database: "SQLite",
    instances: 1,
    serve: { limits: { headers_seconds: HEADERS_SECONDS, request_seconds: REQUEST_SECONDS, calls_at_once: 50 } },
  });
  const [instance] = fleet.instances;
  const port = instance?.port ?? 0;
  const host = new URL(fleet.publicUrl).host;
  const count = act.size(500, 150);
  const load = new Load({ ...fleet, perSecond: act.size(PER_SECOND.full, PER_SECOND.short) / 3, prefix: "L9" });
  await load.warm();
  const beforeMb = instance?.residentMb() ?? 0;
  const all = (head: (token: string) => string) =>
    Promise.all(
      Array.from({ length: count }, (_, at) =>
        drip(port, head(fleet.fixture[at % fleet.fixture.length]?.token ?? ""), 1_000),
      ),
    );
  const start = (token: string) => `POST /mcp HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n`;
  for (const [what, times, withinSeconds] of [
    ["headers", await all((token) => `${start(token)}X-Slow: `), HEADERS_SECONDS],
    [
      "bodies",
      await all((token) => `${start(token)}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"x":"`),
      REQUEST_SECONDS,
    ],
  ] as const) {
    const longestMs = Math.max(...times);
    const calls = load.ledger.refusals();
    const grewMb = (instance?.residentMb() ?? 0) - beforeMb;
    act.line({
      what: `L9: slow ${what}, one byte a second, while people call`,
      load: `${count} connections, ${load.ledger.size} requests`,
      lost: load.ledger.all.filter(({ end }) => end !== "done").length,
      refused: `${count} cut off after ${withinSeconds} s (${what === "headers" ? "limits.headers_seconds" : "limits.request_seconds"})`,
      recovered: `${inSeconds(longestMs)} at most, ${Math.max(0, grewMb).toFixed(0)} MB more`,
      failure: firstOf(
        longestMs > (withinSeconds + 4) * 1000 && `the last was cut off after ${inSeconds(longestMs)}`,
        calls !== "none" && `calls were refused: ${calls}`,
        grewMb > 80 && `the memory grew by ${grewMb} MB`,
      ),
    });
  }
  await load.stop();
}

async function slowReaders(act: Act): Promise<void> {
  const fleet = await startFleet(act, {
    database: "SQLite",
    instances: 1,
    serve: { limits: { request_seconds: REQUEST_SECONDS, calls_at_once: 50 } },
  });
  const [instance] = fleet.instances;
  const count = act.size(200, 60);
  const load = new Load({ ...fleet, perSecond: act.size(PER_SECOND.full, PER_SECOND.short) / 3, prefix: "L9" });
  await load.warm();
  const beforeMb = instance?.residentMb() ?? 0;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
  const sockets = Array.from({ length: count }, (_, at) => {
    const { token } = fleet.fixture[at % fleet.fixture.length] ?? { token: "" };
    const one = `POST /mcp HTTP/1.1\r\nHost: ${new URL(fleet.publicUrl).host}\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const socket = connect(instance?.port ?? 0, "127.0.0.1").on("error", () => {});
    // Whoever does not read may ask all the same, and again.
    socket.write(one.repeat(40));
    return socket.pause();
  });
  act.atEnd(() => sockets.map((socket) => socket.destroy()));
  await load.more(load.perSecond * (REQUEST_SECONDS + 6));
  const grewMb = (instance?.residentMb() ?? 0) - beforeMb;
  await load.stop();
  const failed = load.ledger.all.filter(({ end }) => end !== "done").length;
  act.line({
    what: "L9: readers that take nothing of 40 lists of tools each, while people call",
    load: `${count} connections, ${load.ledger.size} requests`,
    lost: failed,
    refused: "the readers: no more is made than one answer for each",
    recovered: `${Math.max(0, grewMb).toFixed(0)} MB more`,
    failure: firstOf(
      failed > 0 && `calls were refused: ${load.ledger.refusals()}`,
      grewMb > 150 && `the memory grew by ${grewMb} MB`,
    ),
  });
}

/** Clients that hold what they have and do nothing with it. */
export const streams: Scenario[] = [
  { name: "L9 listeners", play: listeners },
  { name: "L9 slow senders", play: slowSenders },
  { name: "L9 slow readers", play: slowReaders },
];
