import { expect, test } from "vitest";
import { readMessage } from "../../src/mcp/json-rpc.js";
import { plain, startOrg } from "../okta/support.js";
import { runCli } from "../support/cli.js";

const ANSWERS = { "empty objects": "{}", "empty lists": "[]", "objects in lists": '[{"a":{}}]', numbers: "1" };

test.each(Object.entries(ANSWERS))("an answer of 60 MB of %s costs no more memory than its text", async (_, item) => {
  const count = Math.floor((60 * 1024 * 1024) / (item.length + 1));
  const org = await startOrg(plain(200, "application/json", `[${Array(count).fill(item).join()}]`));
  const env = {
    OKTA_ORG_URL: org.url,
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
