import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { startCompanyWeb } from "../../support/company-server.js";
import { curlOf } from "./curl-program.js";

const JSON_TYPE = ["-H", "Content-Type: application/json"];

describe("C8: curl", () => {
  test("C8: reads the metadata, and calls a tool with a pasted token and nothing else", async (context) => {
    const curl = curlOf(context);
    const { publicUrl, signIn } = await startCompanyWeb();
    const metadata = JSON.parse(await curl(`${publicUrl}/.well-known/oauth-authorization-server`));
    expect(metadata).toMatchObject({
      issuer: publicUrl,
      authorization_endpoint: `${publicUrl}/oauth/authorize`,
      code_challenge_methods_supported: ["S256"],
    });
    const { access_token } = await signIn(ADMIN_LOGIN);
    // As the guide for operators writes it: no Accept, no protocol version, no initialize.
    const body = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "list_users", arguments: { search: `profile.login eq "${ADMIN_LOGIN}"` } },
    };
    const token = ["-H", `Authorization: Bearer ${access_token}`];
    const answer = await curl("-X", "POST", `${publicUrl}/mcp`, ...token, ...JSON_TYPE, "-d", JSON.stringify(body));
    expect(answer).toContain(ADMIN_LOGIN);
    expect(answer).toContain('"jsonrpc":"2.0"');
  });

  test("C8: is told what to do without a token, and with one that does not count", async (context) => {
    const curl = curlOf(context);
    const { publicUrl } = await startCompanyWeb();
    const bare = await curl("-i", "-X", "POST", `${publicUrl}/mcp`, ...JSON_TYPE, "-d", "{}");
    expect(bare).toMatch(/^HTTP\/1\.1 401 /);
    expect(bare).toContain(`resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/mcp"`);
    expect(bare).not.toContain('error="');
    const wrong = await curl(
      ...["-i", "-X", "POST", `${publicUrl}/mcp`, "-H", "Authorization: Bearer pasted", ...JSON_TYPE, "-d", "{}"],
    );
    expect(wrong).toMatch(/^HTTP\/1\.1 401 /);
    expect(wrong).toContain('error="invalid_token"');
  });

  test("C8: is led from /sse and from / to the right address", async (context) => {
    const curl = curlOf(context);
    const { publicUrl } = await startCompanyWeb();
    const sse = await curl("-i", `${publicUrl}/sse`, "-H", "Authorization: Bearer pasted");
    expect(sse).toMatch(/^HTTP\/1\.1 410 /);
    expect(sse).toContain(`${publicUrl}/mcp`);
    const root = await curl("-i", "-X", "POST", `${publicUrl}/`, ...JSON_TYPE, "-d", "{}");
    expect(root).toMatch(/^HTTP\/1\.1 404 /);
    expect(root).toContain(`${publicUrl}/mcp`);
  });
});
