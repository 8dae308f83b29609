import { request } from "node:http";
import { expect } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { type PlainBrowser, plainBrowser, type Visit } from "./browser.js";
import type { CompanyWeb } from "./company-server.js";

/** What a client has after a person's consent, and needs for its tokens. */
export interface ObtainedCode {
  clientId: string;
  redirectUri: string;
  verifier: string;
  code: string;
  /** The whole address to which the browser was sent. */
  location: URL;
  browser: PlainBrowser;
}

export interface ObtainOptions {
  clientId?: string;
  login?: string;
  browser?: PlainBrowser;
  /** Parameters of the authorization request; undefined leaves one out. */
  change?: Record<string, string | undefined>;
}

/** The whole way to a code. A person allows what the client asks for. */
export async function obtainCode(web: CompanyWeb, options: ObtainOptions = {}): Promise<ObtainedCode> {
  const { browser = plainBrowser(), change = {} } = options;
  const client_id = options.clientId ?? (await web.register()).client_id;
  web.company.control.autoSignIn(options.login ?? ADMIN_LOGIN);
  const begun = await web.begin({ client_id, scope: await allScopes(web), ...change });
  const redirectUri = String(begun.redirectUri);
  const visit = await allowed(web, browser, await browser.get(begun.url), redirectUri);
  const code = visit.location?.searchParams.get("code");
  expect(code, `${visit.location?.href ?? ""} ${visit.html}`).toBeTruthy();
  const location = visit.location as URL;
  return { clientId: client_id, redirectUri, verifier: begun.verifier, code: String(code), location, browser };
}

/** The scopes that the metadata of /mcp names (RFC 9728). */
export async function allScopes({ publicUrl }: CompanyWeb): Promise<string> {
  const answer = await fetch(`${publicUrl}/.well-known/oauth-protected-resource/mcp`);
  return ((await answer.json()) as { scopes_supported: string[] }).scopes_supported.join(" ");
}

/** Follows a browser to `until`; a page that asks for consent gets it. */
export async function allowed(web: CompanyWeb, browser: PlainBrowser, from: Visit, until: string): Promise<Visit> {
  const visit = await web.follow(browser, from, until);
  if (!visit.html.includes('value="allow"')) return visit;
  return web.follow(browser, await browser.submit(visit, visit.url, { answer: "allow" }), until);
}

/** The fields with which a client redeems a code. */
export function redemption(obtained: ObtainedCode): Record<string, string> {
  const { clientId, redirectUri, verifier, code } = obtained;
  return {
    grant_type: "authorization_code",
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  };
}

/** Sends a form to an endpoint of one instance, e.g. `revoke`. */
export async function postForm(
  address: string,
  name: string,
  fields: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const body = new URLSearchParams(fields);
  const answer = await fetch(`${address}/oauth/${name}`, { method: "POST", body, headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === "" ? {} : JSON.parse(text) };
}

/** Registers a client, or is refused. */
export async function registration(web: CompanyWeb, metadata: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${web.publicUrl}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(metadata),
  });
  const body = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, headers: answer.headers, body };
}

/** The status of /mcp for a token, at one instance. It is asked by the public name, as a balancer would. */
export function statusOfMcp(web: CompanyWeb, accessToken: string, address = web.publicUrl): Promise<number> {
  const headers = {
    host: new URL(web.publicUrl).host,
    authorization: `Bearer ${accessToken}`,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2025-11-25",
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${address}/mcp`, { method: "POST", headers }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.once("error", reject).end(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }));
  });
}
