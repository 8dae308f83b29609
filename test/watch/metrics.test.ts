import { expect, test } from "vitest";
import { Metrics } from "../../src/watch/metrics.js";

const isTool = (name: string) => name === "list_users";

test("no label has a value that a stranger or a mistake has chosen, and none has very many", async () => {
  const metrics = new Metrics({ isTool, inFlight: () => 0 });
  for (const tool of ["list_users", "rm -rf /", "ada@acme.example"]) {
    metrics.note({ kind: "tool_call", tool, outcome: "done", ms: 1 });
  }
  metrics.note({ kind: "resource_read", source: "settings", outcome: "not_found", ms: 1 });
  metrics.note({ kind: "request", route: 'x"}\n# EVIL 1', status: 200, ms: 1 });
  for (let n = 0; n < 2_000; n += 1) metrics.note({ kind: "okta_request", bucket: `GET /x${n}`, status: 200, ms: 1 });
  const { type, text } = await metrics.text();
  expect(type).toMatch(/^text\/plain/);
  expect(text).toContain('okta_mcp_tool_calls_total{tool="list_users",outcome="done"} 1');
  expect(text).toContain('okta_mcp_tool_calls_total{tool="unknown",outcome="done"} 2');
  expect(text).toContain('okta_mcp_resource_reads_total{source="settings",outcome="not_found"} 1');
  expect(text).toContain('okta_mcp_http_requests_total{route="other",status="200"} 1');
  expect(text).toContain('okta_mcp_okta_requests_total{bucket="other",status="200"} 1500');
  expect(text).not.toMatch(/EVIL|ada@|rm -rf/);
});

test("an old number does not look like a new one while the database does not answer", async () => {
  const metrics = new Metrics({ isTool, inFlight: () => 3 });
  let grants: () => Promise<number> = async () => 7;
  metrics.follow({ activeGrants: () => grants(), isReady: async () => true, isOktaUp: () => false });
  expect((await metrics.text()).text).toMatch(/^okta_mcp_active_grants 7$/m);
  grants = () => Promise.reject(new Error("down"));
  const { text } = await metrics.text();
  expect(text).toMatch(/^okta_mcp_active_grants Nan$/im);
  expect(text).toMatch(/^okta_mcp_ready 1$/m);
  expect(text).toMatch(/^okta_mcp_okta_up 0$/m);
  expect(text).toMatch(/^okta_mcp_http_requests_in_flight 3$/m);
});
