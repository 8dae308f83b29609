import { expect, test } from "vitest";
import { OAuthClient } from "../../src/auth/oauth-client.js";
import { ProofKey } from "../../src/auth/proof-key.js";
import { ServerClock } from "../../src/net/server-clock.js";
import { errorOf, json, startOrg } from "../okta/support.js";

const clock = new ServerClock(Date.now);
const token = (type: string) => json(200, { access_token: "token-1", token_type: type, expires_in: 3600 });
const DEMAND = json(400, { error: "invalid_dpop_proof", error_description: "The DPoP proof JWT header is missing." });

const clientOf = (orgUrl: string) =>
  new OAuthClient({ orgUrl, clientId: "0oa1", fetch: globalThis.fetch, clock, timeoutMs: 10_000 });

test("a Bearer token is no answer to a proof that Okta demanded", async () => {
  const org = await startOrg(DEMAND, token("Bearer"));
  expect(await errorOf(clientOf(org.url).redeemDeviceCode("device-1"))).toMatchObject({
    kind: "unusable",
    message: expect.stringContaining("Bearer in place of DPoP"),
  });
  expect(org.seen[1]?.headers.dpop).toBeDefined();
});

test("a Bearer token is no renewal of one that is bound to a key", async () => {
  const org = await startOrg(token("Bearer"));
  const bound = await ProofKey.generate(clock);
  expect(await errorOf(clientOf(org.url).refresh("refresh-1", bound))).toMatchObject({ kind: "unusable" });
});

test("a token is bound where a proof was demanded, and Bearer where none was", async () => {
  const demanding = await startOrg(DEMAND, token("DPoP"));
  expect((await clientOf(demanding.url).redeemDeviceCode("device-1")).proofKey).toBeDefined();
  const plain = await startOrg(token("Bearer"));
  expect((await clientOf(plain.url).redeemDeviceCode("device-1")).proofKey).toBeUndefined();
  expect(plain.seen[0]?.headers.dpop).toBeUndefined();
});
