import { describe, expect, test } from "vitest";
import { SCOPES, startOrg } from "../support/oauth-org.js";

describe("refresh", () => {
  test("rotates the refresh token and keeps the scopes", async () => {
    const { signIn, refresh } = await startOrg();
    const first = await signIn();
    const second = (await refresh(first.refresh_token)).body;
    expect(second.scope).toBe(SCOPES);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  test("with a token that was used before ends the whole sign-in", async () => {
    const { signIn, refresh, api, sandbox } = await startOrg();
    const first = await signIn();
    const second = (await refresh(first.refresh_token)).body;
    expect((await refresh(first.refresh_token)).body.error).toBe("invalid_grant");
    expect((await refresh(second.refresh_token)).body.error).toBe("invalid_grant");
    expect(await api({ authorization: `Bearer ${second.access_token}` })).toMatchObject({ status: 401 });
    expect(sandbox.org.events.map((event) => event.eventType)).toContain("app.oauth2.token.detect_reuse");
  });

  test("forgives a second use within the grace period", async () => {
    const { signIn, refresh, clock } = await startOrg({ rotationGraceMs: 30_000 });
    const first = await signIn();
    await refresh(first.refresh_token);
    clock.advanceSeconds(29);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    clock.advanceSeconds(1);
    expect((await refresh(first.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("of several at once lets only one through where there is no grace", async () => {
    const { signIn, refresh } = await startOrg();
    const { refresh_token } = await signIn();
    const answers = await Promise.all(Array.from({ length: 4 }, () => refresh(refresh_token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("can ask for fewer scopes, not for more", async () => {
    const { signIn, refresh } = await startOrg();
    const first = await signIn();
    expect((await refresh(first.refresh_token, { scope: "openid okta.apps.read" })).body.error).toBe("invalid_scope");
    const second = (await refresh(first.refresh_token, { scope: "openid okta.users.read" })).body;
    expect(second.scope).toBe("openid okta.users.read");
    expect((await refresh(second.refresh_token)).body.scope).toBe(SCOPES);
  });

  test("gives what is left when the org took scopes away", async () => {
    const { signIn, refresh, control } = await startOrg();
    const { refresh_token } = await signIn();
    control.grantOnly(["okta.users.read"]);
    expect((await refresh(refresh_token)).body.scope).toBe("openid profile email offline_access okta.users.read");
  });

  test("still works when access tokens were expired from outside, and not when all was revoked", async () => {
    const { signIn, refresh, api, control } = await startOrg();
    const first = await signIn();
    control.expireAccessTokens();
    expect(await api({ authorization: `Bearer ${first.access_token}` })).toMatchObject({ status: 401 });
    const second = (await refresh(first.refresh_token)).body;
    expect(await api({ authorization: `Bearer ${second.access_token}` })).not.toHaveProperty("status");
    control.revokeEverything();
    expect(await api({ authorization: `Bearer ${second.access_token}` })).toMatchObject({ status: 401 });
    expect((await refresh(second.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("is refused on demand, without harm to the token", async () => {
    const { signIn, refresh, control } = await startOrg();
    const { refresh_token } = await signIn();
    control.refuseRefresh(true);
    expect((await refresh(refresh_token)).body.error).toBe("invalid_grant");
    control.refuseRefresh(false);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test("ends with the refresh token's own time", async () => {
    const { signIn, refresh, clock } = await startOrg({ refreshTokenLifetimeSeconds: 100 });
    const { refresh_token } = await signIn();
    clock.advanceSeconds(100);
    expect((await refresh(refresh_token)).body.error).toBe("invalid_grant");
  });
});
