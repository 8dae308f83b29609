// Keeps a PostgreSQL cluster for the process that started it, and removes all of it as soon as that process has ended,
// however it ended. Arguments: the folder of the programs, a new folder, a port, and the user where one is needed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [programs, folder, port, user] = process.argv.slice(2);
const asUser = user === undefined ? {} : { uid: Number(user), gid: Number(user) };
const options = { ...asUser, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } };
const data = join(folder, "data");

const SETTINGS = {
  port,
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "32MB",
  // Nothing of it has to survive a power cut. What was committed survives a crash of the server alone.
  fsync: "off",
  full_page_writes: "off",
};

const certificate = join(folder, "server.crt");
if (existsSync(certificate)) {
  Object.assign(SETTINGS, { ssl: "on", ssl_cert_file: certificate, ssl_key_file: join(folder, "server.key") });
}

let server;
let isEnding = false;

async function make() {
  const args = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
  const [code] = await once(spawn(join(programs, "initdb"), args, { ...options, stdio: "ignore" }), "exit");
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  const rules = join(data, "pg_hba.conf");
  // One user has to give a password; everybody else is let in.
  writeFileSync(rules, `host all guarded 127.0.0.1/32 scram-sha-256\n${readFileSync(rules, "utf8")}`);
}

/** Resolves once the server takes connections. */
async function start() {
  const args = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  server = spawn(join(programs, "postgres"), ["-D", data, ...args], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const child = server;
  let said = "";
  await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`postgres ended with ${code}: ${said}`)));
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-4_000);
      if (/ready to accept connections/.test(said)) resolve();
    });
  });
}

/** Ends the server and all connections at once. */
async function stop(signal) {
  const child = server;
  server = undefined;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

async function end() {
  if (isEnding) return;
  isEnding = true;
  await stop("SIGQUIT");
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

const COMMANDS = { start, stop: () => stop("SIGINT"), kill: () => stop("SIGQUIT"), end };

// Whoever presses Ctrl-C ends the tests, and they end this.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
const lines = createInterface({ input: process.stdin });
let last = make().then(start);
const answer = (work) =>
  work.then(
    () => process.stdout.write("done\n"),
    (error) => process.stdout.write(`failed ${JSON.stringify(String(error.message))}\n`),
  );
answer(last);
lines.on("line", (line) => {
  last = last.catch(() => {}).then(COMMANDS[line]);
  answer(last);
});
lines.on("close", () => void last.catch(() => {}).then(end));
process.stdout.on("error", () => {});
