import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { readMessage } from "../../src/json-rpc.js";
import { runCli } from "../support/cli.js";

/** An org that answers every request with one text. */
async function openOrg(text: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "application/json" }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ANSWERS = { "empty objects": "{}", "empty lists": "[]", "objects in lists": '[{"a":{}}]', numbers: "1" };

test.each(Object.entries(ANSWERS))("an answer of 60 MB of %s costs no more memory than its text", async (_, item) => {
  const count = Math.floor((60 * 1024 * 1024) / (item.length + 1));
  const env = {
    OKTA_ORG_URL: await openOrg(`[${Array(count).fill(item).join()}]`),
    OKTA_SCOPES: "okta.groups.read",
    OKTA_ACCESS_TOKEN: "token-1",
    NODE_OPTIONS: "--max-old-space-size=250",
  };
  const { code, stderr } = await runCli(["call", "list_groups", "--json"], { env });
  expect(code, stderr.slice(0, 500)).toBe(1);
  expect(JSON.parse(stderr).error).toMatchObject({
    code: "okta_down",
    message: expect.stringContaining("more than 1000000 values"),
    fix: expect.stringContaining("`limit`"),
  });
});

test("a message of a client with more values than any has is refused", () => {
  const line = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":[${Array(2_000_000).fill("{}").join()}]}}`;
  const received = readMessage(line);
  expect(received).toMatchObject({ refusals: [{ id: null, error: { code: -32600 } }] });
  expect(JSON.stringify(received)).toContain("more than 1000000 values");
});
