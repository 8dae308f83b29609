import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { clientAssertion, dpopProof, keyOfNoWorth, testKey } from "../support/oauth.js";
import { ASSERTION_TYPE, startOrg } from "../support/oauth-org.js";

describe("service sign-in", () => {
  const CLIENT_ID = "0oaService";

  async function startServiceOrg(alg = "ES256", settings: { dpopRequired?: boolean } = {}) {
    const key = await testKey(alg);
    const org = await startOrg();
    const { control, origin, clock, post } = org;
    const scopes = ["okta.users.read", "okta.groups.read"];
    control.addServiceClient({ clientId: CLIENT_ID, jwks: { keys: [key.publicJwk] }, scopes, ...settings });
    const endpoint = `${origin}/oauth2/v1/token`;
    const assert = (change?: Record<string, unknown>, by: Parameters<typeof clientAssertion>[0] = key) =>
      clientAssertion(by, { clientId: CLIENT_ID, audience: endpoint, nowMs: clock.now() }, change);
    const exchange = async (
      assertion: string,
      form: Record<string, string> = {},
      headers: Record<string, string> = {},
    ) => {
      const credentials = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
      const scope = "okta.users.read";
      return post("/oauth2/v1/token", { grant_type: "client_credentials", scope, ...credentials, ...form }, headers);
    };
    return { ...org, key, endpoint, assert, exchange };
  }

  test.each(["RS256", "RS512", "PS256", "ES256", "ES384", "ES512"])("works with a key for %s", async (alg) => {
    const { assert, exchange, api } = await startServiceOrg(alg);
    const { status, body } = await exchange(await assert());
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(["access_token", "expires_in", "scope", "token_type"]);
    const caller = await api({ authorization: `Bearer ${body.access_token}` });
    expect(caller).toEqual({ clientId: CLIENT_ID, subject: CLIENT_ID, scopes: new Set(["okta.users.read"]) });
  });

  test("is refused with a key with which anybody can sign, although the org has its public half", async () => {
    const { control, assert, exchange } = await startServiceOrg();
    const weak = await keyOfNoWorth();
    control.addServiceClient({ clientId: CLIENT_ID, jwks: { keys: [weak.publicJwk] } });
    const { status, body } = await exchange(await assert({}, weak));
    expect(status).toBe(401);
    expect(body).toMatchObject({ error: "invalid_client", error_description: expect.stringContaining("too weak") });
  });

  test("is refused when the assertion is wrong in any way", async () => {
    const { assert, exchange, origin, clock } = await startServiceOrg();
    const stranger = await testKey();
    const nowSeconds = clock.now() / 1000;
    const attempts: [string, Promise<string>, RegExp][] = [
      ["audience", assert({ aud: origin }), /audience claim .* endpoint invoked/],
      ["issuer", assert({ iss: "0oaOther" }), /iss claim/],
      ["subject", assert({ sub: DEVICE_CLIENT_ID }), /not a service app/],
      ["expiry", assert({ exp: nowSeconds - 1 }), /expired/],
      ["no expiry", assert({ exp: undefined }), /exp claim/],
      ["too long", assert({ exp: nowSeconds + 3601 }), /too far in the future/],
      ["from the future", assert({ iat: nowSeconds + 61 }), /in the future/],
      ["unknown key", assert({}, stranger), /kid is invalid/],
      ["no JWT", Promise.resolve("nonsense"), /not a JWT/],
    ];
    for (const [what, assertion, description] of attempts) {
      const { status, body } = await exchange(await assertion);
      expect({ what, status, error: body.error }).toEqual({ what, status: 401, error: "invalid_client" });
      expect(body.error_description).toMatch(description);
    }
  });

  test("is refused when another key signs in the registered key's name", async () => {
    const { assert, exchange, key } = await startServiceOrg();
    const thief = await testKey();
    const forged = { ...thief, publicJwk: { ...thief.publicJwk, kid: String(key.publicJwk.kid) } };
    const { body } = await exchange(await assert({}, forged));
    expect(body.error_description).toBe("The client_assertion signature is invalid.");
  });

  test("takes an assertion once", async () => {
    const { assert, exchange } = await startServiceOrg();
    const assertion = await assert();
    expect((await exchange(assertion)).status).toBe(200);
    expect((await exchange(assertion)).body.error_description).toMatch(/already been used/);
  });

  test("gives the granted part of the scopes, and an error when there is none", async () => {
    const { assert, exchange } = await startServiceOrg();
    const ask = async (scope: string) => (await exchange(await assert(), { scope })).body;
    expect((await ask("okta.users.read okta.apps.read")).scope).toBe("okta.users.read");
    expect((await ask("okta.apps.read")).error).toBe("consent_required");
    expect((await ask("openid okta.users.read")).error).toBe("invalid_scope");
    expect((await ask("okta.nothing.read")).error).toBe("invalid_scope");
  });

  test("needs the assertion, and no second credential beside it", async () => {
    const { assert, exchange, post } = await startServiceOrg();
    const bare = await post("/oauth2/v1/token", { grant_type: "client_credentials", client_id: CLIENT_ID });
    expect(bare).toMatchObject({ status: 401, body: { error: "invalid_client" } });
    expect((await exchange(await assert(), { client_secret: "s" })).body.error).toBe("invalid_request");
    expect((await exchange(await assert(), { client_assertion_type: "x" })).body.error).toBe("invalid_request");
    expect((await exchange(await assert(), { client_id: DEVICE_CLIENT_ID })).body.error).toBe("invalid_client");
    const basic = { authorization: "Basic eDp5" };
    expect((await post("/oauth2/v1/token", { grant_type: "client_credentials" }, basic)).status).toBe(401);
    expect((await post("/oauth2/v1/token", { grant_type: "client_credentials" })).status).toBe(401);
  });

  test("proves its key when the app demands DPoP: proof, nonce, then a bound token", async () => {
    const { assert, exchange, endpoint, clock, api } = await startServiceOrg("ES256", { dpopRequired: true });
    const proofKey = await testKey();
    const prove = (nonce?: string) => dpopProof(proofKey, { method: "POST", url: endpoint, nowMs: clock.now(), nonce });

    const without = await exchange(await assert());
    expect(without).toMatchObject({ status: 400, body: { error: "invalid_dpop_proof" } });
    const challenge = await exchange(await assert(), {}, { dpop: await prove() });
    expect(challenge).toMatchObject({ status: 400, body: { error: "use_dpop_nonce" } });
    const nonce = challenge.headers.get("dpop-nonce") ?? "";
    const { status, body } = await exchange(await assert(), {}, { dpop: await prove(nonce) });
    expect({ status, type: body.token_type }).toEqual({ status: 200, type: "DPoP" });
    expect(decodeJwt(body.access_token).cnf).toEqual({ jkt: proofKey.publicJwk.kid });
    expect(await api({ authorization: `Bearer ${body.access_token}` })).toMatchObject({ status: 401 });
  });
});
