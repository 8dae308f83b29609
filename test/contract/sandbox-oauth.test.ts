import { expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { browserWith, CALLBACK, startCompany } from "../support/company-org.js";
import { judgedByOkta, unknownOperation } from "../support/contract.js";

judgedByOkta(
  "the sandbox's authorization servers, judged by Okta's OpenAPI document",
  (api) => {
    async function openJudged(serverId?: string) {
      const company = await startCompany({
        app: { scopes: ["okta.users.read"] },
        ...(serverId !== undefined && { serverId }),
      });
      const base = serverId === undefined ? "/oauth2" : `/oauth2/${serverId}`;
      const basic = `Basic ${Buffer.from(`${WEB_CLIENT_ID}:${company.secret}`).toString("base64")}`;

      async function call(method: string, path: string, init: RequestInit = {}) {
        const response = await fetch(company.origin + path, { method, redirect: "manual", ...init });
        const operation = api.byPath(method, path.split("?")[0] ?? "");
        if (operation === undefined) throw unknownOperation(method, path);
        const type = response.headers.get("content-type") ?? "";
        const json = type.includes("json") ? await response.json() : undefined;
        if (json !== undefined) {
          expect(api.answerFaults(operation, response.status, json), `${method} ${path}`).toEqual([]);
        }
        return { status: response.status, json: json as Record<string, unknown> };
      }
      const post = (name: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
        call("POST", `${base}/v1/${name}`, {
          body: new URLSearchParams(form),
          headers: { authorization: basic, ...headers },
        });
      return { ...company, base, call, post };
    }

    test.each([undefined, "default"])("every endpoint of %s answers as Okta would", async (serverId) => {
      const { base, call, post, begin, control } = await openJudged(serverId);
      const wellKnown = serverId === undefined ? "" : base;
      expect((await call("GET", `${wellKnown}/.well-known/openid-configuration`)).status).toBe(200);
      if (serverId !== undefined) await call("GET", `${base}/.well-known/oauth-authorization-server`);
      expect((await call("GET", `${base}/v1/keys`)).status).toBe(200);

      const browser = browserWith(control.signIn(ADMIN_LOGIN));
      const begun = await begin();
      const { location } = await browser.get(begun.url);
      const form = {
        grant_type: "authorization_code",
        redirect_uri: CALLBACK,
        code: location?.searchParams.get("code") ?? "",
        code_verifier: begun.verifier,
      };
      const { status, json: tokens } = await post("token", form);
      expect(status).toBe(200);
      expect((await post("token", form)).status).toBe(400);
      expect((await post("token", form, { authorization: "Basic eDp5" })).status).toBe(401);
      const access = String(tokens.access_token);
      const refresh = String(tokens.refresh_token);
      expect((await post("token", { grant_type: "refresh_token", refresh_token: refresh })).status).toBe(200);
      for (const token of [access, refresh, String(tokens.id_token), "nonsense"]) {
        expect((await post("introspect", { token })).status).toBe(200);
      }
      expect((await post("introspect", {})).status).toBe(400);
      expect((await post("introspect", { token: access }, { authorization: "Basic eDp5" })).status).toBe(401);
      const headers = { authorization: `Bearer ${access}` };
      expect((await call("GET", `${base}/v1/userinfo`, { headers })).status).toBe(200);
      expect((await call("GET", `${base}/v1/userinfo`)).status).toBe(401);
      expect((await post("revoke", { token: refresh })).status).toBe(200);
      expect((await post("revoke", {})).status).toBe(400);
    });

    test("a server that is not there is answered as Okta would", async () => {
      const { call } = await openJudged();
      for (const name of ["openid-configuration", "oauth-authorization-server"]) {
        expect((await call("GET", `/oauth2/ausNone/.well-known/${name}`)).status).toBe(404);
      }
    });
  },
  "oauth",
);
