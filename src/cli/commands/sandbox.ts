import { subscribe } from "node:diagnostics_channel";
import { realpathSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Org } from "../../../sandbox/org.js";
import type { RehearsedPerson } from "../../../sandbox/rehearsal.js";
import { fewestForAll } from "../../okta/scopes.js";
import { inertJson } from "../../text/inert-json.js";
import { visible } from "../../text/quote.js";
import { redact } from "../../text/redact.js";
import { describedCommand, type MakeCommand } from "../command.js";
import { ENDING_SIGNALS } from "../interrupt.js";
import type { Io } from "../io.js";
import { parsePort, portError } from "../port.js";
import type { PracticeCompany } from "../practice-company.js";
import type { ServiceKey } from "../service-key.js";

interface SandboxOptions {
  port: number;
  apiPort: number;
  redirectPort?: number;
  approve?: boolean;
  company?: string;
  verbose?: boolean;
}

/** `okta-mcp sandbox` */
export const sandboxCommand: MakeCommand = (io, finish) =>
  describedCommand("sandbox", "Run a pretend Okta org on this machine and print the settings to use it with.", [
    "okta-mcp sandbox",
    "okta-mcp sandbox --port 8080 --verbose",
    "okta-mcp sandbox --approve   # every sign-in is allowed at once, for CI",
    "okta-mcp sandbox --port 8080 --api-port 8081   # as docs/apis.md has it",
    "okta-mcp sandbox --port 9000 --company serve.json   # to rehearse okta-mcp serve with these very settings",
  ])
    .option("--port <n>", "Port to listen on, on 127.0.0.1.", parsePort, 0)
    .option("--api-port <n>", "Port of the practice API beside the org, on 127.0.0.1.", parsePort, 0)
    .option("--redirect-port <n>", "Port to which sign-ins to the practice API come back. 8484 by default.", parsePort)
    .option("--approve", "Allow every device sign-in at once, without the page: whoever asks on this machine gets in.")
    .option("--company <file>", "Have the apps and groups that this serve.json names, and a person for each group.")
    .option("--sandbox", "Has no effect here: this command is a sandbox.")
    .option("--verbose", "Show each request on stderr.")
    .action(async (options: SandboxOptions) => {
      const { port, apiPort, redirectPort, approve = false, company, verbose = false } = options;
      const { startSandbox } = await import("../../../sandbox/server.js");
      const { orgAuthorization } = await import("../../../sandbox/org-authorization.js");
      const { DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } = await import("../../../sandbox/facts.js");
      const { addPracticeApps, nativeRedirectUri } = await import("../../../sandbox/practice-api/practice-apps.js");
      const { createServiceKey } = await import("../service-key.js");
      const { startPracticeCompany } = await import("../practice-company.js");
      const rehearsal = company === undefined ? undefined : await rehearsalOf(company);
      // The handler has to be there before the first line of output, since a signal may come right after it.
      const stopped = new Promise<void>((resolve) => {
        for (const signal of ENDING_SIGNALS) process.once(signal, () => resolve());
      });
      const key = createServiceKey();
      try {
        const authorize = orgAuthorization({
          autoApprove: approve,
          deviceIntervalSeconds: 1,
          serviceClient: { jwks: key.jwks, dpopRequired: true },
          ...(rehearsal && { customServers: rehearsal.servers }),
        });
        const authorization = (org: Org) => {
          rehearsal?.add(org);
          addPracticeApps(org, { nativeRedirectUris: [nativeRedirectUri(redirectPort)] });
          return authorize(org);
        };
        const sandbox = await startSandbox({ port, authorization }).catch((error: NodeJS.ErrnoException) => {
          throw portError(port, error);
        });
        const ports = { api: apiPort, redirect: redirectPort };
        const practice = await startPracticeCompany(sandbox.org, ports, rehearsal?.trusted(sandbox.origin)).catch(
          async (error: NodeJS.ErrnoException) => {
            await sandbox.close();
            throw portError(apiPort, error);
          },
        );
        if (verbose) showRequests(io);
        explain(io, {
          origin: sandbox.origin,
          org: sandbox.org.name,
          device: DEVICE_CLIENT_ID,
          service: SERVICE_CLIENT_ID,
          key,
          approve,
        });
        explainPractice(io, practice);
        rehearsal?.explain(io, sandbox.origin);
        await stopped;
        await practice.close();
        await sandbox.close();
        // The terminal has shown ^C, so a new line begins here.
        if (io.stderr.isTTY) io.note();
        io.note("The sandbox has stopped; what was in it is gone.");
        finish(0);
      } finally {
        key.remove();
      }
    });

/** Reads what a serve.json expects of its org. */
async function rehearsalOf(file: string) {
  const { readRehearsal } = await import("../company/rehearsal.js");
  const { addRehearsal, rehearsedServers } = await import("../../../sandbox/rehearsal.js");
  const settings = readRehearsal(file);
  let people: RehearsedPerson[] = [];
  return {
    servers: rehearsedServers(settings.servers),
    /** The servers of the file, whose tokens the practice API takes too: the file may name its address. */
    trusted: (origin: string) =>
      settings.servers.map(({ id, audience }) => ({ issuer: `${origin}/oauth2/${id}`, audience })),
    add(org: Org) {
      people = addRehearsal(org, settings);
    },
    explain(io: Io, origin: string) {
      io.out("");
      io.out(io.style("bold", `For okta-mcp serve with ${visible(file)}`, io.stdout));
      for (const { login, gives } of people) io.out(`${login}: ${gives.length === 0 ? "no role" : gives.join(", ")}`);
      if (settings.orgUrl.replace(/\/$/, "") === origin) return;
      io.out(`The file names another org: set okta.org_url to ${origin} for the rehearsal.`);
    },
  };
}

/** The command line that starts this very program, wherever it is installed or built. */
function thisProgram(): [command: string, ...args: string[]] {
  const [, script = ""] = process.argv;
  return [process.execPath, ...process.execArgv, realpathSync(script)];
}

/** Shows one line for each answer. Addresses may carry codes of a sign-in, which are removed. */
function showRequests(io: Io): void {
  subscribe("http.server.response.finish", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const path = visible(redact(request.url ?? "/"));
    io.note(`${response.statusCode} ${(request.method ?? "GET").padEnd(6)} ${path}`);
  });
}

interface Facts {
  origin: string;
  org: string;
  device: string;
  service: string;
  key: ServiceKey;
  approve: boolean;
}

function explain(io: Io, { origin, org, device, service, key, approve }: Facts): void {
  const bold = (text: string) => io.style("bold", text, io.stdout);
  const env = { OKTA_ORG_URL: origin, OKTA_CLIENT_ID: device, OKTA_SCOPES: fewestForAll().join(" ") };
  const [command, ...args] = thisProgram();
  const block = { mcpServers: { okta: { command, args, env } } };
  io.out(`${bold(org)} at ${origin}`);
  io.out("A pretend Okta org: nothing in it is real. Ctrl-C stops it, and it is gone.");
  io.out("");
  io.out(bold("For a shell"));
  for (const [name, value] of Object.entries(env)) io.out(`export ${name}="${value}"`);
  io.out("");
  io.out(bold("For an MCP client (mcp.json)"));
  io.out(inertJson(block, 2));
  io.out(
    "This entry starts the copy of okta-mcp that is running now. Do not write `npx -y okta-mcp` in its place yet:",
  );
  io.out("okta-mcp is not published on npm, so that npx would run whatever somebody else publishes under this name.");
  io.out("");
  io.out(bold("To sign in"));
  if (approve)
    io.out("okta-mcp login; every sign-in is allowed at once, so any program on this machine gets in as the admin.");
  else io.out(`okta-mcp login, then Allow on ${origin}/activate`);
  io.out("");
  io.out(bold("Or as a service app, with a private key"));
  io.out(`export OKTA_CLIENT_ID="${service}"`);
  io.out(`export OKTA_PRIVATE_KEY_FILE="${key.file}"`);
  io.out(`export OKTA_KEY_ID="${key.kid}"`);
}

function explainPractice(io: Io, { api, settings }: PracticeCompany): void {
  io.out("");
  io.out(io.style("bold", "For tools of a company's own API", io.stdout));
  io.out(`HR, a practice API, is at ${api.origin}. Its document and settings for it are beside this file:`);
  io.out(`export OKTA_MCP_APIS="${settings}"`);
}
