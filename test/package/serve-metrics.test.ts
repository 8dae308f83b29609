import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { temporaryFolder } from "../support/cli.js";
import { freePort } from "../support/company-server.js";
import { startServeCommand, startServeProcess } from "../support/serve-process.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

/** The value of a number of a server; undefined where it has none. */
function valueIn(text: string, name: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

test("a server tells numbers at a port of its own, and none of them is about anybody", async () => {
  const port = await freePort();
  const serve = await startServeProcess({ metrics: { port } });
  const at = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const { call, client_id, access_token } = await serve.signIn();
  expect((await call("tools/call", { name: "list_users", arguments: {} })).status).toBe(200);
  await call("tools/call", { name: `no_${ADMIN_LOGIN}`, arguments: {} });
  expect((await serve.call("x".repeat(43), "tools/list")).status).toBe(401);
  expect((await fetch(`${serve.publicUrl}/${client_id}`)).status).toBe(404);
  const metrics = await at("/metrics");
  expect(metrics.headers.get("content-type")).toMatch(/^text\/plain; version=/);
  const text = await metrics.text();
  const value = (name: string) => valueIn(text, `okta_mcp_${name}`);
  expect(value('tool_calls_total{tool="list_users",outcome="done"}')).toBe(1);
  expect(text).toMatch(/^okta_mcp_tool_calls_total\{tool="unknown",outcome="\w+"\} 1$/m);
  expect(value('auth_failures_total{reason="invalid_token"}')).toBe(1);
  expect(value('http_requests_total{route="other",status="404"}')).toBe(1);
  expect(value('http_requests_total{route="/oauth/token",status="200"}')).toBe(1);
  expect(value('okta_requests_total{bucket="GET /api/v1/users",status="200"}')).toBe(1);
  expect(value('okta_requests_total{bucket="POST /oauth2/v1/token",status="200"}')).toBeGreaterThan(0);
  expect(value('okta_rate_remaining{bucket="GET /api/v1/users"}')).toBeGreaterThan(0);
  expect(value('okta_rate_limit{bucket="GET /api/v1/users"}')).toBeGreaterThan(0);
  expect(value("active_grants")).toBe(1);
  expect(value("store_query_duration_seconds_count")).toBeGreaterThan(10);
  expect(value("http_requests_in_flight")).toBe(0);
  expect(value("ready")).toBe(1);
  expect(value("okta_up")).toBe(1);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  for (const secret of [client_id, access_token, ADMIN_LOGIN, serve.secret]) expect(text).not.toContain(secret);

  expect(await (await at("/healthz")).json()).toEqual({ status: "ok" });
  expect(await (await at("/readyz")).json()).toEqual({ status: "ready" });
  expect((await at("/mcp")).status).toBe(404);
  expect((await at("/metrics", { method: "POST" })).status).toBe(405);
  expect((await fetch(`${serve.publicUrl}/metrics`)).status).toBe(404);
  serve.cli.child.kill("SIGTERM");
  expect((await serve.cli.ended).code).toBe(0);
});

test("numbers are never told at the port of the server itself, and a port in use is named", async () => {
  const serve = await startServeProcess();
  serve.write({ metrics: { port: serve.port } });
  const same = await startServeCommand(["--config", serve.file]).ended;
  expect(same).toMatchObject({ code: 2, stderr: expect.stringMatching(/metrics\.port is that of listen too/) });
  const listen = { host: "127.0.0.1", port: await freePort() };
  serve.write({ listen, data_dir: "other", metrics: { port: serve.port } });
  const taken = await startServeCommand(["--config", serve.file]).ended;
  expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining("choose another metrics.port") });
});

test("the log of a request has the trace that its client names, in a header or in the envelope of MCP", async () => {
  const serve = await startServeProcess({ log: { level: "debug" } });
  const { call } = await serve.signIn();
  const header = { traceparent: `00-${TRACE}-${SPAN}-01` };
  const { headers } = await call("tools/list", {}, header);
  const inEnvelope = "c".repeat(32);
  const _meta = { traceparent: `00-${inEnvelope}-${SPAN}-00`, tracestate: "\u001b[2J", baggage: "user=ada" };
  await call("tools/call", { name: "list_users", arguments: {}, _meta }, header);
  const evil = await call("tools/list", {}, { traceparent: `00-${TRACE}-${SPAN}-01-extra` });
  const lastOf = async (answer: Headers) => {
    const id = answer.get("x-request-id");
    await serve.cli.seen("stderr", new RegExp(`^(?=.*${id})(?=.*"message":"request")`, "m"));
    return serve.records().findLast(({ request_id }) => request_id === id);
  };
  expect(await lastOf(headers)).toMatchObject({ message: "request", trace_id: TRACE, span_id: SPAN });
  expect(await lastOf(evil.headers)).not.toHaveProperty("trace_id");
  expect(serve.records().some(({ trace_id }) => trace_id === inEnvelope)).toBe(true);
  expect(serve.cli.stderr()).not.toContain("user=ada");
  // Nothing of it goes to Okta.
  const sent = JSON.stringify(serve.sandbox.requests);
  expect(sent).toContain("/api/v1/users");
  for (const text of [TRACE, inEnvelope, "traceparent", "user=ada"]) expect(sent).not.toContain(text);
});

/** Registers a provider of tracers that writes each span, as one line, into a file when it ends. */
const PROVIDER = `
import { createRequire } from "node:module";
import { appendFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
const api = createRequire(process.env.TEST_OTEL_FROM)("@opentelemetry/api");
const file = process.env.TEST_OTEL_FILE;
const hex = (bytes) => randomBytes(bytes).toString("hex");
class TestSpan {
  constructor(name, { kind, attributes, links = [] }, context) {
    const parent = api.trace.getSpanContext(context);
    this.told = { name, kind, attributes: { ...attributes }, parent: parent?.spanId, baggage: api.propagation.getBaggage(context)?.getAllEntries().map(([key, { value }]) => key + "=" + value), links: links.map(({ context }) => context.spanId) };
    this.context = { traceId: parent?.traceId ?? hex(16), spanId: hex(8), traceFlags: 1 };
  }
  spanContext() { return this.context; }
  setAttributes(more) { Object.assign(this.told.attributes, more); return this; }
  setStatus(status) { this.told.status = status; return this; }
  isRecording() { return true; }
  end() { appendFileSync(file, JSON.stringify({ ...this.told, ...this.context }) + "\\n"); }
}
api.trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: (name, options = {}, context = api.context.active()) => new TestSpan(name, options, context) }) });
`;

test("with the operator's OpenTelemetry there are spans of requests, calls, Okta and store, in the client's trace", async () => {
  const folder = temporaryFolder();
  const [file, module] = [join(folder, "spans.jsonl"), join(folder, "otel.mjs")];
  writeFileSync(file, "");
  writeFileSync(module, PROVIDER);
  const serve = await startServeProcess(
    {},
    {
      NODE_OPTIONS: `--import ${pathToFileURL(module).href}`,
      TEST_OTEL_FROM: createRequire(import.meta.url).resolve("@opentelemetry/api"),
      TEST_OTEL_FILE: file,
    },
  );
  const { call } = await serve.signIn();
  const _meta = { traceparent: `00-${TRACE}-${SPAN}-01`, baggage: "team=blue%20moon" };
  const { headers } = await call("tools/call", { name: "list_users", arguments: {}, _meta });
  serve.cli.child.kill("SIGTERM");
  await serve.cli.ended;
  const spans = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const tool = spans.find(({ name }) => name === "tools/call list_users");
  expect(tool).toMatchObject({
    traceId: TRACE,
    parent: SPAN,
    baggage: ["team=blue moon"],
    attributes: { "gen_ai.tool.name": "list_users", "okta_mcp.outcome": "done" },
  });
  const request = spans.find(({ spanId }) => spanId === tool.links[0]);
  expect(request).toMatchObject({ name: "POST /mcp", attributes: { "http.response.status_code": 200 } });
  const okta = spans.find(({ name }) => name === "Okta GET /api/v1/users");
  expect(okta).toMatchObject({ traceId: TRACE, parent: tool.spanId, attributes: { "http.response.status_code": 200 } });
  expect(spans.some(({ name, traceId }) => name === "store" && traceId === request.traceId)).toBe(true);
  const record = serve.records().find(({ request_id }) => request_id === headers.get("x-request-id"));
  expect(record).toMatchObject({ trace_id: request.traceId, span_id: request.spanId });
  expect(JSON.stringify(spans)).not.toContain(ADMIN_LOGIN);
});
