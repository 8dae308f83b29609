import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { testKey } from "../support/oauth.js";
import { GUARDED, SCOPES, startOrg } from "../support/oauth-org.js";

const PLAIN_HTTP = { [oauth.allowInsecureRequests]: true };

/** The metadata of the authorization server, as a client library without knowledge of Okta reads it. */
async function discover(origin: string): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(origin);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, PLAIN_HTTP));
}

describe("an OAuth client library that follows the standards", () => {
  test("signs a person in, reads the ID token, renews and signs out", async () => {
    const { origin, control, introspect, clock } = await startOrg();
    const server = await discover(origin);
    const client: oauth.Client = {
      client_id: DEVICE_CLIENT_ID,
      [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
    };
    const auth = oauth.None();

    const started = await oauth.deviceAuthorizationRequest(server, client, auth, { scope: SCOPES }, PLAIN_HTTP);
    const code = await oauth.processDeviceAuthorizationResponse(server, client, started);
    const poll = async () => {
      const response = await oauth.deviceCodeGrantRequest(server, client, auth, code.device_code, PLAIN_HTTP);
      return oauth.processDeviceCodeResponse(server, client, response);
    };
    await expect(poll()).rejects.toMatchObject({ error: "authorization_pending" });
    control.approve(code.user_code);
    clock.advanceSeconds(5);
    const first = await poll();
    expect(oauth.getValidatedIdTokenClaims(first)).toMatchObject({ preferred_username: ADMIN_LOGIN });

    const refreshToken = first.refresh_token ?? "";
    const renewed = await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, PLAIN_HTTP);
    const second = await oauth.processRefreshTokenResponse(server, client, renewed);
    const latest = second.refresh_token ?? "";
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, auth, latest, PLAIN_HTTP));
    expect(await introspect(second.access_token)).toEqual({ active: false });
  });

  test("signs a service in with a bound token and uses it at the API, nonces and all", async () => {
    const { origin, control, clock } = await startOrg();
    const key = await testKey("ES256");
    const clientId = "0oaLibrary";
    control.addServiceClient({ clientId, jwks: { keys: [key.publicJwk] }, dpopRequired: true });
    control.demandApiNonce(true);
    const server = await discover(origin);
    const client: oauth.Client = {
      client_id: clientId,
      [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
    };
    // Okta expects the endpoint, not the issuer, as the audience.
    const auth = oauth.PrivateKeyJwt(
      { key: key.privateKey, kid: String(key.publicJwk.kid) },
      {
        [oauth.modifyAssertion](_header, payload) {
          payload.aud = String(server.token_endpoint);
        },
      },
    );
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
    const exchange = async () => {
      const options = { DPoP, ...PLAIN_HTTP };
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        auth,
        { scope: "okta.users.read" },
        options,
      );
      return oauth.processClientCredentialsResponse(server, client, response);
    };
    const challenge = await exchange().catch((error: unknown) => error);
    expect(oauth.isDPoPNonceError(challenge)).toBe(true);
    const { access_token, token_type } = await exchange();
    expect(token_type).toBe("dpop");

    control.rotateDpopNonce();
    const url = new URL(GUARDED.template, origin);
    const call = () =>
      oauth.protectedResourceRequest(access_token, "GET", url, undefined, undefined, { DPoP, ...PLAIN_HTTP });
    expect(oauth.isDPoPNonceError(await call().catch((error: unknown) => error))).toBe(true);
    expect((await call()).status).toBe(200);
  });
});
