import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { pemBlocks } from "../checks/pem.js";
import { pathBeside } from "../config/app-files.js";
import { codeOf } from "../errors/system-code.js";
import { whyUnreadable } from "../files/unreadable.js";
import { LOOPBACK_HOSTS } from "../net/loopback.js";
import { ServerClock } from "../net/server-clock.js";
import { quoteOkta } from "../text/quote.js";
import { ask, type CheckContext } from "./check-context.js";
import { jsonOf } from "./check-org.js";
import { about, type Finding } from "./finding.js";

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is time to renew. */
const RENEW_DAYS = 14;

/** Checks the certificate of the server and its key. */
export function checkTls({ content, file, now, publicUrl }: CheckContext): Finding[] {
  const { ok, wrong, note } = about("TLS");
  const { tls, listen, trusted_proxies } = content;
  const url = new URL(publicUrl);
  if (tls === undefined) {
    if (url.protocol === "http:") return [note("public_url is plain http, which is for this machine alone.")];
    if (trusted_proxies.length > 0)
      return [ok(`A proxy in front ends TLS; trusted are ${trusted_proxies.join(", ")}.`)];
    const fix = "Name the files in tls, or list the proxy that ends TLS in trusted_proxies.";
    const isLocal = isLoopback(listen.host);
    return [
      isLocal
        ? note(`A proxy on this machine has to end TLS for ${url.host}.`, fix)
        : wrong(`${listen.host} would be served without TLS, and no proxy is listed that ends it.`, fix),
    ];
  }
  const texts = [tls.cert_file, tls.key_file].map((path) => readText(pathBeside(file, path)));
  const problem = texts.find((text) => "problem" in text);
  if (problem !== undefined && "problem" in problem) return [wrong(problem.problem)];
  const [cert = "", key = ""] = texts.map((text) => ("text" in text ? text.text : ""));
  const [leaf] = pemBlocks(cert, (label) => label === "CERTIFICATE");
  if (leaf === undefined) return [wrong(`${tls.cert_file} holds no certificate.`, "Give the PEM file of the chain.")];
  try {
    const certificate = new X509Certificate(leaf.whole);
    const daysLeft = Math.floor((Date.parse(certificate.validTo) - now()) / DAY_MS);
    const faults: string[] = [];
    if (!certificate.checkPrivateKey(createPrivateKey(key))) faults.push("the key belongs to another certificate");
    if (certificate.checkHost(url.hostname) === undefined && certificate.checkIP(url.hostname) === undefined) {
      faults.push(`it does not name ${url.hostname}`);
    }
    if (now() < Date.parse(certificate.validFrom)) faults.push("it is not valid yet");
    if (daysLeft < 0) faults.push(`it ended ${-daysLeft} days ago`);
    else if (daysLeft < RENEW_DAYS) faults.push(`it ends in ${daysLeft} days`);
    if (faults.length > 0) {
      return [
        wrong(
          `The certificate in ${tls.cert_file} does not do: ${faults.join("; ")}.`,
          "Renew it for the host of public_url.",
        ),
      ];
    }
    return [ok(`The certificate names ${url.hostname}, fits its key and ends in ${daysLeft} days.`)];
  } catch {
    return [
      wrong(
        `${tls.cert_file} or ${tls.key_file} cannot be read as certificate and key.`,
        "Give PEM files without a passphrase.",
      ),
    ];
  }
}

function readText(path: string): { text: string } | { problem: string } {
  try {
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    return { problem: `${path} cannot be read: ${whyUnreadable(codeOf(error))}.` };
  }
}

/** Asks an address of ours. The org's clock learns nothing from it. */
const askHere = ({ fetch, now }: CheckContext, url: URL) => ask({ fetch, clock: new ServerClock(now) }, url);

const isLoopback = (host: string) => host.startsWith("127.") || host === "::1" || LOOPBACK_HOSTS.includes(host);

/** Checks the port, and that the public address leads to this server. */
export async function checkAddresses(context: CheckContext): Promise<Finding[]> {
  const port = await checkPort(context);
  return [port.finding, await checkPublicUrl(context, port.isServed)];
}

async function checkPort(context: CheckContext): Promise<{ finding: Finding; isServed: boolean }> {
  const { ok, wrong, note } = about("port");
  const { host, port } = context.content.listen;
  const where = `${host}:${port}`;
  if (port === 0)
    return { finding: note("The system chooses a free port at each start (listen.port is 0)."), isServed: false };
  const fault = await tryToListen(host, port);
  if (fault === undefined) return { finding: ok(`${where} is free.`), isServed: false };
  if (fault === "EADDRINUSE" && (await answersThere(context, host, port))) {
    return { finding: ok(`A server of okta-mcp answers at ${where}.`), isServed: true };
  }
  const fix =
    fault === "EADDRINUSE"
      ? "End the program that uses it, or set listen.port."
      : fault === "EACCES"
        ? "Set listen.port to 1024 or more, and let the proxy in front have 443."
        : "Set listen.host to an address of this machine.";
  return { finding: wrong(`${where} cannot be listened on (${fault}).`, fix), isServed: false };
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", (error) => done(codeOf(error)));
    server.listen(port, host, () => server.close(() => done(undefined)));
  });
}

async function answersThere(context: CheckContext, host: string, port: number): Promise<boolean> {
  const scheme = context.content.tls === undefined ? "http" : "https";
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const name = reachable.includes(":") ? `[${reachable}]` : reachable;
  const answer = await askHere(context, new URL(`${scheme}://${name}:${port}/healthz`));
  return jsonOf(answer)?.status === "ok" || ("reason" in answer && scheme === "https");
}

async function checkPublicUrl(context: CheckContext, isServed: boolean): Promise<Finding> {
  const { ok, wrong, note } = about("public address");
  const { publicUrl } = context;
  const answer = await askHere(context, new URL(`${publicUrl}/.well-known/oauth-protected-resource/mcp`));
  const resource = jsonOf(answer)?.resource;
  if (resource === `${publicUrl}/mcp`) return ok(`${publicUrl}/mcp leads to this server.`);
  if (typeof resource === "string") {
    return wrong(
      `${publicUrl} leads to a server that calls itself ${quoteOkta(resource)}.`,
      "public_url has to be the very same there, or the proxy in front leads elsewhere.",
    );
  }
  const why = "reason" in answer ? answer.reason : `status ${answer.status}`;
  const message = `${publicUrl} does not lead to a server of okta-mcp (${why}).`;
  return isServed
    ? wrong(message, "Check the name in DNS, the certificate, and that the proxy in front passes every path on.")
    : note(message, "Start the server and check again.");
}
