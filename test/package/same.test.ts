import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished } from "vitest";
import { SCOPES } from "../../src/okta/scopes.js";
import { whereBuilt } from "../support/built.js";
import { cleanEnv, ROOT } from "../support/cli.js";

const SOURCE = ["--import", "tsx", join(ROOT, "bin/okta-mcp.ts")];
const BUNDLE = [join(ROOT, "dist/okta-mcp.js")];

interface Schema {
  type?: string;
  enum?: unknown[];
  minimum?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
}

/** These arguments concern the call itself, and not the request to Okta. */
const ABOUT_THE_CALL = ["confirmation", "dry_run", "fetch_all", "after"];

/** Returns a value that an argument accepts. The value need not make sense. */
function example(name: string, schema: Schema): unknown {
  if (schema.enum) return schema.enum[0];
  if (schema.type === "boolean") return true;
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  if (schema.type === "array") return [example(name, schema.items ?? {})];
  if (schema.type === "object") return { name: "x", type: "x", profile: { custom: [1, null] } };
  if (/^(since|until)$/.test(name)) return "2026-01-31T08:00:00Z";
  if (/ur[il]$/.test(name)) return "https://acme.example/";
  return name === "fields" ? "id" : "x1";
}

/** Opens an org that accepts everything and records its requests. */
async function openOrg() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const { method, url = "", headers } = request;
      asked.push([method, url, headers["content-type"] ?? "", body].join(" "));
      const item = { id: "x1", status: "ACTIVE", profile: { login: "x@acme.example", custom: [1, null] }, _links: {} };
      const isOne = /\/x1$|\/(default|customized|preview|me)$|\/domains$/.test(url.split("?")[0] ?? "");
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(isOne || method !== "GET" ? item : [item]));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Returns a text without the parts that differ between two runs. */
const steady = (text: string) =>
  text
    .replace(/127\.0\.0\.1:\d+/g, "org")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "time")
    .replace(/\b[0-9a-f-]{32,36}\b/g, "uuid");

/**
 * Returns the requests with the reads between two writes sorted. A tool may send such reads at the same time, and then
 * their order varies.
 */
function inSteadyOrder(asked: readonly string[]): string[] {
  const ordered: string[] = [];
  let reads: string[] = [];
  for (const request of asked) {
    if (request.startsWith("GET ")) reads.push(request);
    else {
      ordered.push(...reads.sort(), request);
      reads = [];
    }
  }
  return [...ordered, ...reads.sort()];
}

/** Returns the server's list of tools. For each tool it also returns the requests and the answer of one call. */
async function observe(args: readonly string[]) {
  const org = await openOrg();
  const env = cleanEnv({
    OKTA_ORG_URL: org.origin,
    OKTA_SCOPES: Object.keys(SCOPES).join(" "),
    OKTA_ACCESS_TOKEN: "token",
    OKTA_MCP_CONFIRM: "never",
    OKTA_LOG_LEVEL: "error",
  });
  const client = new Client({ name: "test", version: "0" });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [...args], env, stderr: "ignore" }));
  onTestFinished(() => client.close());
  const { tools } = await client.listTools();
  const calls: Record<string, { asked: string[]; answer: unknown }> = {};
  for (const { name, inputSchema } of tools) {
    const properties = Object.entries(inputSchema.properties ?? {}) as [string, Schema][];
    const chosen = properties.filter(([argument]) => !ABOUT_THE_CALL.includes(argument));
    const given = Object.fromEntries(chosen.map(([argument, schema]) => [argument, example(argument, schema)]));
    org.asked.length = 0;
    const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
    calls[name] = {
      asked: inSteadyOrder(org.asked.map(steady)),
      answer: JSON.parse(steady(JSON.stringify({ content, structuredContent, isError }))),
    };
  }
  return { instructions: client.getInstructions(), tools, calls };
}

whereBuilt("the built server lists, asks and answers as the source does", { timeout: 120_000 }, async () => {
  const [source, bundle] = await Promise.all([observe(SOURCE), observe(BUNDLE)]);
  expect(bundle.instructions).toBe(source.instructions);
  expect(bundle.tools).toEqual(source.tools);
  expect(bundle.calls).toEqual(source.calls);
  const reached = Object.values(source.calls).filter(({ asked }) => asked.length > 0);
  expect(reached.length).toBeGreaterThan(source.tools.length * 0.8);
});
