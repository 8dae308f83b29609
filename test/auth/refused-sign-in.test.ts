import { describe, expect, test } from "vitest";
import { DEVICE, failure, SCOPES, startOrg, TOKEN, until } from "./support.js";

describe("a device sign-in that Okta refuses", () => {
  test.each([
    ["invalid_client", 401, "client_rejected", /Client ID.*OKTA_CLIENT_ID.*Native Application/],
    ["unauthorized_client", 400, "client_rejected", /Device Authorization and Refresh Token/],
    ["unsupported_grant_type", 400, "client_rejected", /Device Authorization and Refresh Token/],
    ["invalid_scope", 400, "missing_scope", /Okta API Scopes tab.*Refresh Token/],
    ["access_denied", 403, "client_rejected", /network zones/],
    ["something_new", 400, "client_rejected", /Applications > Applications/],
  ])("with %s at the start says what to do in the Admin Console", async (error, status, code, advice) => {
    const org = await startOrg();
    org.sandbox.next("POST", DEVICE, {
      status,
      json: { error, error_description: "Because\u202e of\nthis." },
      headers: { "WWW-Authenticate": 'Basic realm="okta"' },
    });
    const refused = await failure(org.session().startSignIn());
    expect(refused.code).toBe(code);
    expect(refused.message).toContain('"Because of this."');
    expect(refused.fix).toMatch(advice);
    expect(refused.cause).toBeUndefined();
  });

  test("with unauthorized_client while polling says the same", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", TOKEN, { status: 400, json: { error: "unauthorized_client" } });
    const pending = await org.session().startSignIn();
    const error = await failure(pending.done);
    expect(error.code).toBe("client_rejected");
    expect(error.fix).toMatch(/Device Authorization/);
  });

  test("names the scopes that were asked for and where to grant them", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", DEVICE, { status: 400, json: { error: "invalid_scope" } });
    const error = await failure(org.session().startSignIn());
    expect(error.message).toContain("okta.users.read, okta.groups.manage");
    expect(error.data).toEqual({ scopes: SCOPES });
  });

  test.each([
    ["a web page", { fault: "html" as const }, "unreachable", /not one of Okta's sign-in/],
    ["a redirect", { fault: "redirect" as const, location: "https://example.com/" }, "unreachable", /redirect \(302\)/],
    ["nothing at all", { fault: "empty" as const }, "unreachable", /not one of Okta's sign-in/],
    ["404", { status: 404, json: { errorCode: "E0000007" } }, "unreachable", /status 404/],
    ["megabytes", { status: 200, text: `{"a":"${"x".repeat(1_100_000)}"}` }, "unreachable", /far too long/],
    ["half an answer", { fault: "truncate" as const }, "unreachable", /./],
    ["a long rate limit", { status: 429, headers: { "Retry-After": "120" } }, "rate_limited", /rate limit/],
  ])("by answering with %s is reported as such", async (_what, fault, code, message) => {
    const org = await startOrg();
    org.sandbox.next("POST", DEVICE, { ...fault, times: 3 });
    const error = await failure(org.session().startSignIn());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    if (code === "rate_limited") expect(error.retryAfterSeconds).toBe(120);
  });

  test("is tried again a few times when Okta is busy or the connection breaks", async () => {
    const org = await startOrg({ autoApprove: true });
    org.sandbox.next("POST", DEVICE, { status: 502 });
    org.sandbox.next("POST", DEVICE, { fault: "reset" });
    await (await org.session().startSignIn()).done;
    expect(org.sent(DEVICE)).toHaveLength(3);

    org.sandbox.next("POST", DEVICE, { status: 503, times: 9 });
    expect((await failure(org.session().startSignIn())).code).toBe("okta_down");
    expect(org.sent(DEVICE)).toHaveLength(6);
  });

  test("does not send a browser to anything but a web page", async () => {
    const org = await startOrg();
    for (const link of ["javascript:alert(1)", "file:///etc/passwd", "http://example.com/activate", "\n"]) {
      org.sandbox.next("POST", DEVICE, {
        rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), verification_uri_complete: link } }),
      });
      expect((await failure(org.session().startSignIn())).code).toBe("unreachable");
    }
  });

  test("refuses a link with user info, which pretends another host, and one that nobody can look over", async () => {
    const org = await startOrg();
    const { host } = new URL(org.sandbox.origin);
    const links = [
      "https://acme.okta.com@evil.example/activate",
      "https://acme.okta.com:443@evil.example/activate",
      "https://@evil.example/activate",
      "https:\\\\acme.okta.com@evil.example/activate",
      "https:acme.okta.com@evil.example/activate",
      `http://acme.okta.com@${host}/activate`,
      `https://acme.okta.com/${"a".repeat(2_000)}`,
      " https://acme.okta.com/activate",
      "https://acme.okta.com/\tactivate",
      "https://acme.okta.com/\u009bactivate",
      "https://acme.okta.com /activate",
    ];
    for (const field of ["verification_uri", "verification_uri_complete"]) {
      for (const link of links) {
        org.sandbox.next("POST", DEVICE, {
          rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), [field]: link } }),
        });
        const error = await failure(org.session().startSignIn());
        expect(error.code, link).toBe("unreachable");
        expect(error.message, link).toMatch(/user name before its host|too long|not a web address/);
        expect(error.message, link).not.toContain("evil");
      }
    }
  });

  test("refuses a code that could pass for a link or for words of ours", async () => {
    const org = await startOrg();
    for (const code of [
      "https://evil.example",
      "](https://evil.example)",
      'A".Open',
      "AB\u202eCD",
      "A".repeat(33),
      "",
    ]) {
      org.sandbox.next("POST", DEVICE, {
        rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), user_code: code } }),
      });
      expect((await failure(org.session().startSignIn())).code, code).toBe("unreachable");
    }
  });

  test.each([
    ["another host", () => "https://evil.example/activate", "https://evil.example"],
    ["a lookalike in another script", () => "https://аcme.okta.com/activate", "https://xn--cme-5cd.okta.com"],
    ["another port", (origin: string) => `${origin}0/activate`.replace(/:(\d)\d*0\//, ":$19/"), undefined],
    ["https in place of http", (origin: string) => `${origin.replace("http:", "https:")}/activate`, undefined],
    [
      "another name of this machine",
      (origin: string) => `${origin.replace("127.0.0.1", "localhost")}/activate`,
      undefined,
    ],
    ["a host that begins with the org's", (origin: string) => `${origin}.evil.example/`.replace(/:\d+/, ""), undefined],
  ])("knows a link of another origin than the org's: %s", async (_, linkOf, origin) => {
    const org = await startOrg();
    const link = linkOf(org.sandbox.origin).replace(/^http:(?=.*evil)/, "https:");
    org.sandbox.next("POST", DEVICE, {
      rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), verification_uri_complete: link } }),
    });
    const session = org.session();
    const pending = await session.startSignIn();
    expect(pending.foreignOrigin).toBe(origin ?? new URL(link).origin);
    expect(pending.foreignOrigin).not.toBe(org.sandbox.origin);
    const { message, data } = await failure(session.token());
    expect(message).toContain(
      `leads to ${pending.foreignOrigin}, which is not the address of the org (${org.sandbox.origin})`,
    );
    expect(data).toMatchObject({ foreign_origin: pending.foreignOrigin });
    pending.cancel();
  });

  test("takes an answer without the complete link and without an interval", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", DEVICE, {
      rewrite: (reply) => {
        const {
          verification_uri_complete: _link,
          interval: _interval,
          ...rest
        } = reply.json as Record<string, unknown>;
        return { ...reply, json: rest };
      },
    });
    const pending = await org.session().startSignIn();
    expect(pending.verificationUriComplete).toBe(pending.verificationUri);
    await until(() => org.sent(TOKEN).length >= 2);
    expect(org.time.waits.slice(0, 2)).toEqual([5, 5]);
    pending.cancel();
  });

  test("gives up on a request that hangs when its time limit is over", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", DEVICE, { fault: "hang" });
    const error = await failure(org.session({ requestTimeoutMs: 50 }).startSignIn());
    expect(error.code).toBe("unreachable");
    expect(error.message).toMatch(/no whole answer within/);
    expect(org.sent(DEVICE)).toHaveLength(1);
  });

  test("does not fail over an ID token that does not hold; only nobody is named", async () => {
    const org = await startOrg({ autoApprove: true });
    org.sandbox.next("POST", TOKEN, {
      rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), id_token: "not.a.token" } }),
    });
    const session = org.session();
    await (await session.startSignIn()).done;
    expect(await session.status()).toMatchObject({ signedIn: true, user: undefined });
  });
});
