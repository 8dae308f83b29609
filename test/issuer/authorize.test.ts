import { describe, expect, test } from "vitest";
import { plainBrowser } from "../support/browser.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { obtainCode, redemption } from "../support/issuer.js";

const CALLBACK = "http://127.0.0.1:4711/cb";

/** What became of an authorization request: a page of ours, or the address that the browser was sent to. */
async function ask(web: CompanyWeb, change: Record<string, string | undefined>, metadata = {}) {
  const { client_id } = await web.register(metadata);
  const { url } = await web.begin({ client_id, ...change });
  return plainBrowser().get(url);
}

describe("an authorization request", () => {
  test("P1: one without PKCE, with `plain`, or with a challenge of a wrong length is sent back with an error", async () => {
    const web = await startCompanyWeb();
    const wrong: Record<string, string | undefined>[] = [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge: "v".repeat(43), code_challenge_method: "plain" },
      { code_challenge: "v".repeat(43), code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge: "v".repeat(42) },
      { code_challenge: "v".repeat(129) },
    ];
    for (const change of wrong) {
      const { location } = await ask(web, change);
      expect(location?.origin, JSON.stringify(change)).toBe("http://127.0.0.1:4711");
      expect(location?.searchParams.get("error")).toBe("invalid_request");
      expect(location?.searchParams.get("iss")).toBe(web.publicUrl);
      expect(location?.searchParams.has("code")).toBe(false);
    }
  });

  test("P1: a verifier that is wrong, short, long, or not there gets no token", async () => {
    const web = await startCompanyWeb();
    const right = await obtainCode(web);
    const wrong = { ["v".repeat(43)]: "invalid_grant", ["v".repeat(42)]: "invalid_request", "": "invalid_grant" };
    for (const [code_verifier, error] of Object.entries({ ...wrong, ["v".repeat(129)]: "invalid_request" })) {
      const { status, body } = await web.token({ ...redemption(right), code_verifier });
      expect([status, body.error], code_verifier).toEqual([400, error]);
    }
    const { code_verifier: _, ...without } = redemption(right);
    expect((await web.token(without)).body.error).toBe("invalid_grant");
    // A wrong verifier uses nothing up: whoever has the right one is served.
    expect((await web.token(redemption(right))).status).toBe(200);
  });

  const elsewhere: Record<string, string> = {
    "another path": "http://127.0.0.1:4711/cb/other",
    "a longer path": "http://127.0.0.1:4711/cbx",
    "a query more": "http://127.0.0.1:4711/cb?next=https://evil.example",
    "a fragment": "http://127.0.0.1:4711/cb#x",
    "another name of this machine": "http://localhost:4711/cb",
    "a host that begins alike": "http://127.0.0.1.evil.example/cb",
    "a user before the host": "http://127.0.0.1@evil.example/cb",
    "a backslash": "http://127.0.0.1:4711\\@evil.example/cb",
    "another case": "http://127.0.0.1:4711/CB",
    "an encoded letter": "http://127.0.0.1:4711/%63b",
    "dots that are encoded": "http://127.0.0.1:4711/x/%2e%2e/cb",
    "another scheme": "https://127.0.0.1:4711/cb",
    "no address": "cb",
  };

  test("P2: a redirect URI with something else in it is answered by a page, and nobody is sent there", async () => {
    const web = await startCompanyWeb();
    for (const [what, redirect_uri] of Object.entries(elsewhere)) {
      const visit = await ask(web, { redirect_uri });
      expect([visit.status, visit.location?.href], what).toEqual([400, undefined]);
      expect(visit.html, what).toContain("<code>invalid_redirect_uri</code>");
      expect(visit.html).toContain("does not belong to it");
      expect(visit.headers.get("content-security-policy")).toContain("default-src 'none'");
    }
    expect((await ask(web, { redirect_uri: CALLBACK })).location?.pathname).toContain("/oauth/interaction/");
    const other = await ask(
      web,
      { redirect_uri: "http://localhost:8123/cb" },
      { redirect_uris: ["http://localhost/cb"] },
    );
    expect(other.location?.pathname).toContain("/oauth/interaction/");
  });

  test("P2: of a host on the web only the exact address counts", async () => {
    const web = await startCompanyWeb({ serve: { registration: { hosts: ["good.com"] } } });
    const metadata = { redirect_uris: ["https://good.com/cb"] };
    for (const redirect_uri of [
      "https://good.com.evil/cb",
      "https://good.com@evil.example/cb",
      "https://good.com:444/cb",
      "https://GOOD.com/cb",
      "http://good.com/cb",
    ]) {
      expect((await ask(web, { redirect_uri }, metadata)).location, redirect_uri).toBeUndefined();
    }
    expect((await ask(web, { redirect_uri: "https://good.com/cb" }, metadata)).location?.pathname).toContain(
      "/interaction/",
    );
  });

  test("P2: a client that nobody knows gets a page with the way out", async () => {
    const web = await startCompanyWeb();
    const { url } = await web.begin({ client_id: "nobody" });
    const visit = await plainBrowser().get(url);
    expect([visit.status, visit.location]).toEqual([400, undefined]);
    expect(visit.html).toContain("This server does not know the program");
    expect(visit.html).toContain("<code>invalid_client</code>");
  });
});

describe("a code", () => {
  test("P14: is of no use to another client, with another redirect URI, or for another resource", async () => {
    const web = await startCompanyWeb();
    const obtained = await obtainCode(web);
    const { client_id } = await web.register();
    const refused = async (change: Record<string, string>) =>
      (await web.token({ ...redemption(obtained), ...change })).body;
    expect((await refused({ client_id })).error).toBe("invalid_grant");
    expect((await refused({ redirect_uri: "http://127.0.0.1:4712/cb" })).error).toBe("invalid_grant");
    expect((await refused({ resource: `${web.publicUrl}/other` })).error).toBe("invalid_target");
  });

  test("P15: the resource is ours where none is named, also with a slash or a query, and no other", async () => {
    const web = await startCompanyWeb();
    const ours = `${web.publicUrl}/mcp`;
    const right = [undefined, ours, `${ours}/`, `${ours}?session=1`, `${ours}/?a=b`];
    for (const resource of right) {
      const obtained = await obtainCode(web, { change: { resource } });
      const fields = { ...redemption(obtained), ...(resource === undefined ? {} : { resource }) };
      const { status, body } = await web.token(fields);
      expect([status, body.error], resource).toEqual([200, undefined]);
      expect((await web.call(String(body.access_token), "tools/list")).status, resource).toBe(200);
      const renewed = {
        grant_type: "refresh_token",
        client_id: obtained.clientId,
        refresh_token: String(body.refresh_token),
      };
      const again = await web.token(resource === undefined ? renewed : { ...renewed, resource });
      expect(again.status, resource).toBe(200);
    }
  });

  test("P15: two resources, or another one, are refused", async () => {
    const web = await startCompanyWeb();
    const ours = `${web.publicUrl}/mcp`;
    for (const resource of ["https://mcp.other.example/mcp", web.publicUrl, `${ours}/x`, `${ours}#x`, "mcp"]) {
      const { location } = await ask(web, { resource });
      expect(location?.searchParams.get("error"), resource).toBe("invalid_target");
      expect(location?.searchParams.has("code")).toBe(false);
    }
    const { client_id } = await web.register();
    const { url } = await web.begin({ client_id });
    url.searchParams.append("resource", ours);
    expect((await plainBrowser().get(url)).location?.searchParams.get("error")).toBe("invalid_target");
    const obtained = await obtainCode(web);
    const body = new URLSearchParams(redemption(obtained));
    body.append("resource", ours);
    body.append("resource", "https://mcp.other.example/mcp");
    const answer = await fetch(`${web.publicUrl}/oauth/token`, { method: "POST", body });
    expect(((await answer.json()) as { error: string }).error).toBe("invalid_target");
  });

  test("P25: what a client sends as state comes back as it was, and adds nothing to the address or the headers", async () => {
    const web = await startCompanyWeb();
    for (const state of ["a&code=stolen&x=y", "a\r\nset-cookie: x=y", "a#b", "ü&=%26", "x".repeat(1_500)]) {
      const { location } = await obtainCode(web, { change: { state } });
      expect(location.searchParams.get("state")).toBe(state);
      expect(location.searchParams.getAll("code")).toHaveLength(1);
      expect([...location.searchParams.keys()].sort()).toEqual(["code", "iss", "state"]);
      expect(location.hash).toBe("");
    }
    const refused = await ask(web, { state: "a&b=c\r\nx: y", resource: "https://other.example" });
    expect(refused.location?.searchParams.get("state")).toBe("a&b=c\r\nx: y");
    expect(refused.headers.get("x")).toBeNull();
  });

  test("P25: a code that is no code of ours is refused, whatever stands in it", async () => {
    const web = await startCompanyWeb();
    const obtained = await obtainCode(web);
    for (const code of ["a&x=y", "a\r\nx: y", "", "x".repeat(20_000), `${obtained.code}&x=y`, "\u0000"]) {
      const { status, body } = await web.token({ ...redemption(obtained), code });
      expect([status, String(body.error).startsWith("invalid_")], code.slice(0, 20)).toEqual([400, true]);
    }
  });
});
