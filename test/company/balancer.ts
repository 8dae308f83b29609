import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export type BalancerKind = "nginx" | "haproxy";

export interface Balancer {
  kind: BalancerKind;
  close(): Promise<void>;
}

const inDeploy = (name: string) => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));

/** A text with each of these replaced, which have to be there. */
function changed(text: string, changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((before, [from, to]) => {
    if (!from.test(before)) throw new Error(`The file of deploy/ has no ${from}.`);
    return before.replace(from, to);
  }, text);
}

/** The servers' addresses in place of their names in the files of deploy/, which name three. */
function withServers(text: string, ports: readonly number[]): string {
  const [one] = ports;
  return text
    .split("\n")
    .flatMap((line) => {
      const number = /^ *server okta-mcp-(\d)/.exec(line)?.[1];
      if (number === undefined) return [line];
      const port = ports[Number(number) - 1];
      return port === undefined || one === undefined ? [] : [line.replace(/okta-mcp-\d:8480/, `127.0.0.1:${port}`)];
    })
    .join("\n");
}

/** The file of deploy/, for plain http on this machine. All else is as an operator has it. */
function settingsOf(kind: BalancerKind, { folder, port, ports }: Omit<BalancerOptions, "kind">): string {
  if (kind === "haproxy") {
    const text = withServers(readFileSync(inDeploy("haproxy.cfg"), "utf8"), ports);
    return changed(text, [[/bind :443 ssl .*/, `bind 127.0.0.1:${port}`]]);
  }
  const text = withServers(readFileSync(inDeploy("nginx.conf"), "utf8"), ports);
  return changed(text, [
    [/listen 443 ssl http2;/, `listen 127.0.0.1:${port};`],
    [/^ *ssl_.*\n/gm, ""],
    [/\/tmp\/nginx/g, `${folder}/nginx-${port}`],
    [/access_log .*/, "access_log off;"],
    [/worker_processes auto;/, "worker_processes 1; daemon off;"],
  ]);
}

export interface BalancerOptions {
  kind: BalancerKind;
  /** Begins the names of its files, where there are several. */
  name?: string;
  folder: string;
  /** Where clients reach it. */
  port: number;
  /** The ports of the instances. */
  ports: readonly number[];
}

/** Starts a balancer in front of instances. Resolves once it takes connections. */
export async function startBalancer({ kind, name = "all", ...rest }: BalancerOptions): Promise<Balancer> {
  const file = join(rest.folder, `${name}-${kind}.conf`);
  writeFileSync(file, settingsOf(kind, rest));
  const args = kind === "nginx" ? ["-c", file, "-e", "stderr"] : ["-db", "-f", file];
  const child = spawn(kind, args, { cwd: rest.folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-4_000);
    });
  }
  const ended = once(child, "close");
  const endsWithUs = () => child.kill("SIGTERM");
  process.once("exit", endsWithUs);
  void ended.then(() => process.off("exit", endsWithUs));
  await isListening(rest.port, child, () => said);
  return {
    kind,
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function isListening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The balancer did not start: ${said()}`);
    const socket = connect(port, "127.0.0.1");
    const isThere = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isThere) return;
    await delay(50);
  }
}
