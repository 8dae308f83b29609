import { describe, expect, test } from "vitest";
import { dpopProof, keyOfNoWorth, testKey } from "../support/oauth.js";
import { GUARDED, startOrg } from "../support/oauth-org.js";

describe("DPoP", () => {
  /** Signs in with a token that is bound to a key. */
  async function signInBound() {
    const key = await testKey("RS256");
    const org = await startOrg();
    const { origin, clock, control, start, poll } = org;
    const tokenUrl = `${origin}/oauth2/v1/token`;
    let nonce: string | undefined;
    const atToken = async (by: Parameters<typeof dpopProof>[0] = key) => ({
      dpop: await dpopProof(by, { method: "POST", url: tokenUrl, nowMs: clock.now(), nonce }),
    });
    control.demandDpop(true);
    const code = await start();
    control.approve(code.user_code);
    nonce = (await poll(code, await atToken())).headers.get("dpop-nonce") ?? undefined;
    const { body } = await poll(code, await atToken());
    const accessToken: string = body.access_token;
    const url = `${origin}${GUARDED.template}`;
    const atApi = async (change: Record<string, unknown> = {}, by = key, apiNonce?: string) => ({
      authorization: `DPoP ${accessToken}`,
      dpop: await dpopProof(by, { method: "GET", url, nowMs: clock.now(), accessToken, nonce: apiNonce }, change),
    });
    return { ...org, key, url, tokens: body, atToken, atApi };
  }

  test("binds the tokens of a device sign-in, whose code is still good after the nonce challenge", async () => {
    const { tokens, atApi, api, admin, introspect, key } = await signInBound();
    expect(tokens.token_type).toBe("DPoP");
    expect(await api(await atApi(), `${GUARDED.template}?limit=2`)).toMatchObject({ subject: admin.id });
    expect(await introspect(tokens.access_token)).toMatchObject({
      token_type: "DPoP",
      cnf: { jkt: key.publicJwk.kid },
    });
  });

  test("lets a bound token in with a good proof only", async () => {
    const { atApi, api, clock, tokens } = await signInBound();
    const wrong: [string, Record<string, unknown>][] = [
      ["method", { htm: "POST" }],
      ["address", { htu: "http://127.0.0.1:1/api/v1/guarded" }],
      ["no address", { htu: undefined }],
      ["token hash", { ath: "nonsense" }],
      ["no token hash", { ath: undefined }],
      ["too old", { iat: clock.now() / 1000 - 301 }],
      ["from the future", { iat: clock.now() / 1000 + 301 }],
      ["no time", { iat: undefined }],
      ["no id", { jti: undefined }],
    ];
    for (const [what, change] of wrong) {
      const reply = await api(await atApi(change));
      expect({ what, reply }).toMatchObject({ what, reply: { status: 400 } });
      expect(reply).toHaveProperty("headers.WWW-Authenticate", expect.stringContaining('error="invalid_dpop_proof"'));
    }
    const withoutProof = { authorization: `DPoP ${tokens.access_token}` };
    expect(await api(withoutProof)).toMatchObject({ status: 400 });
    expect(await api({ ...withoutProof, dpop: "nonsense" })).toMatchObject({ status: 400 });
    expect(await api(await atApi({}, await testKey()))).toMatchObject({ status: 400 });
  });

  test("takes no proof of a key with which anybody can sign", async () => {
    const { atToken, start, poll, control } = await signInBound();
    const code = await start();
    control.approve(code.user_code);
    const { status, body } = await poll(code, await atToken(await keyOfNoWorth()));
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: "invalid_dpop_proof" });
    expect((await poll(code, await atToken())).status).toBe(200);
  });

  test("takes a proof once", async () => {
    const { atApi, api } = await signInBound();
    const headers = await atApi();
    expect(await api(headers)).not.toHaveProperty("status");
    expect(await api(headers)).toMatchObject({ status: 400 });
  });

  test("asks for a nonce at the API where the org wants one", async () => {
    const { atApi, control, url } = await signInBound();
    control.demandApiNonce(true);
    const challenge = await fetch(url, { headers: await atApi() });
    expect(challenge.status).toBe(401);
    expect(challenge.headers.get("www-authenticate")).toMatch(/^DPoP .*error="use_dpop_nonce"/);
    const nonce = challenge.headers.get("dpop-nonce") ?? "";
    expect((await fetch(url, { headers: await atApi({}, undefined, nonce) })).status).not.toBe(401);
    control.rotateDpopNonce();
    expect((await fetch(url, { headers: await atApi({}, undefined, nonce) })).status).toBe(401);
  });

  test("refuses to renew a bound sign-in with another key, and leaves the refresh token good", async () => {
    const { tokens, refresh, atToken } = await signInBound();
    const other = await refresh(tokens.refresh_token, {}, await atToken(await testKey()));
    expect(other.body.error).toBe("invalid_dpop_proof");
    const own = await refresh(tokens.refresh_token, {}, await atToken());
    expect(own).toMatchObject({ status: 200, body: { token_type: "DPoP" } });
  });
});
