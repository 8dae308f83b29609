import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadResources } from "../../src/resources/load-resources.js";
import type { ResourceEntry } from "../../src/resources/resources-schema.js";
import { connect } from "../support/client.js";
import { PEERS, type PeerKind, repeatsCalls } from "../support/peers.js";

/** A folder with a policy and the schema of an employee, and the texts that settings there offer. */
function texts() {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-texts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text);
  put("policies.md", "# Time off\n\n30 days.\n");
  put("employee.schema.json", '{"title": "Employee {{gpid}}"}');
  const entries: ResourceEntry[] = [
    { uri: "docs://api/time-off-policies", file: "policies.md", title: "Time off", description: "The rules." },
    { template: "schema://employee/{gpid}", file: "employee.schema.json" },
  ];
  const mistakes: string[] = [];
  const place = { settingsFile: join(folder, "settings.json") };
  const resources = loadResources(entries, place, (_, message) => mistakes.push(message));
  expect(mistakes).toEqual([]);
  return { resources, put, remove: (name: string) => rmSync(join(folder, name)) };
}

/** The error with which a request is answered. */
async function errorOf(request: Promise<unknown>): Promise<{ code: number; data: unknown; message: string }> {
  const error = await request.then(
    () => expect.fail("it was answered"),
    (thrown: unknown) => thrown,
  );
  const { code, data, message } = error as { code: number; data: unknown; message: string };
  return { code, data, message };
}

/** The code for a URI of no resource: that of MCP 2025-11-25 with a handshake, that of 2026-07-28 without. */
const notFound = (peer: PeerKind) => (repeatsCalls(peer) ? -32602 : -32002);

/** The answer to the last request. */
const lastResult = (messages: readonly JSONRPCMessage[]) => {
  const last = messages.at(-1);
  return last !== undefined && "result" in last ? last.result : expect.fail("no result");
};

describe.each(PEERS)("a client of the sort %s", (peer) => {
  test("finds the texts of the settings before our own reference, and reads both", async () => {
    const { client, sandbox } = await connect({ peer, resources: texts().resources });
    const { resources } = await client.listResources();
    expect(resources[0]).toEqual({
      uri: "docs://api/time-off-policies",
      name: "policies.md",
      title: "Time off",
      description: "The rules.",
      mimeType: "text/markdown",
    });
    const uris = resources.map(({ uri }) => uri);
    expect(uris.slice(1, 3)).toEqual(["okta://reference", "okta://reference/search"]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      "schema://employee/{gpid}",
      "okta://reference/search/{object}",
      "okta://reference/events/{area}",
      "okta://reference/errors/{code}",
    ]);
    expect((await client.readResource("docs://api/time-off-policies")).contents).toEqual([
      { uri: "docs://api/time-off-policies", mimeType: "text/markdown", text: "# Time off\n\n30 days.\n" },
    ]);
    expect((await client.readResource("schema://employee/G-7")).contents).toMatchObject([
      { mimeType: "application/json", text: '{"title": "Employee G-7"}' },
    ]);
    const [read] = (await client.readResource("okta://reference/search/users")).contents;
    expect(read?.text).toContain("with list_users");
    // Nobody signs in for a text, and Okta is asked nothing.
    expect(sandbox.requests).toEqual([]);
  });

  test("reads without having signed in", async () => {
    const { client, asked } = await connect({ peer, signIn: "device" });
    expect((await client.readResource("okta://reference/guard")).contents).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  test("is told the same of everything that is not there", async () => {
    const { client } = await connect({ peer, resources: texts().resources });
    const long = "x".repeat(10_000);
    const nowhere = [
      "docs://api/other",
      "schema://employee/",
      "schema://employee/..",
      "schema://employee/%2e%2e",
      "schema://employee/a%2fb",
      "schema://employee/a%5Cb",
      `schema://employee/${long}`,
      "schema://employee/%",
      "okta://reference/errors/none",
      "okta://reference/search/__proto__",
      "file:///etc/passwd",
      "no uri",
      "",
    ];
    const errors = await Promise.all(nowhere.map((uri) => errorOf(client.readResource(uri))));
    for (const [index, { code, data, message }] of errors.entries()) {
      const uri = nowhere[index] ?? "";
      expect(code, uri.slice(0, 40)).toBe(notFound(peer));
      expect(message).toContain("There is no resource of this URI.");
      if (uri.length < 500) expect(data).toEqual({ uri });
      else expect(data).toBeUndefined();
    }
  });

  test("learns that a text cannot be read now, and the log alone says why", async () => {
    const { resources, remove } = texts();
    const { client, logSays } = await connect({ peer, resources });
    remove("policies.md");
    const { code, message } = await errorOf(client.readResource("docs://api/time-off-policies"));
    expect(code).toBe(-32603);
    expect(message).toContain("its log has the reason");
    expect(message).not.toContain("policies.md");
    await logSays(/a resource cannot be read .*policies\.md/);
  });

  test("sees a change of a file at once", async () => {
    const { resources, put } = texts();
    const { client } = await connect({ peer, resources });
    put("policies.md", "# 31 days");
    expect((await client.readResource("docs://api/time-off-policies")).contents).toMatchObject([{ text: "# 31 days" }]);
  });

  test("has the values of our own templates completed", async () => {
    const { client } = await connect({ peer, resources: texts().resources });
    const valuesOf = async (...what: Parameters<typeof client.complete>) =>
      (await client.complete(...what)).completion.values;
    expect(await valuesOf("okta://reference/search/{object}", "object", "")).toContain("users");
    expect(await valuesOf("okta://reference/errors/{code}", "code", "needs_")).toEqual([
      "needs_confirmation",
      "needs_approval",
      "needs_user",
    ]);
    expect(await valuesOf("okta://reference/errors/{code}", "code", "e0000")).toHaveLength(100);
    expect(await valuesOf("okta://reference/errors/{code}", "other", "")).toEqual([]);
    expect(await valuesOf("schema://employee/{gpid}", "gpid", "G")).toEqual([]);
  });

  test("is told how long it may keep what it got, where its revision has that", async () => {
    const { client, wire } = await connect({ peer });
    const hint = repeatsCalls(peer) ? { ttlMs: 60_000, cacheScope: "private" } : {};
    for (const ask of [
      () => client.listResources(),
      () => client.listResourceTemplates(),
      () => client.readResource("okta://reference"),
    ]) {
      await ask();
      const { ttlMs, cacheScope } = lastResult(wire.toClient);
      expect({ ...(ttlMs !== undefined && { ttlMs, cacheScope }) }).toEqual(hint);
    }
  });
});
