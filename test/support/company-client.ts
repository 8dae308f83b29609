import { expect } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { type PlainBrowser, plainBrowser, type Visit } from "./browser.js";

const CONSENT_BUTTON = { answer: "allow" };
const MOST_REDIRECTS = 15;

export interface SignInOptions {
  /** The scopes that the client asks for; by default it names none. */
  scopes?: readonly string[];
  clientName?: string;
  /** Where the code goes. A loopback address is registered without its port. */
  redirectUri?: string;
  /** A client that is registered already. */
  clientId?: string;
  /** The browser of the person; a new one by default. */
  browser?: PlainBrowser;
}

/** The answer to a request of MCP. `message` is its JSON-RPC message, whether it came as JSON or as an event. */
export interface McpAnswer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  message: any;
}

/** What a client of the server does, step by step. */
function stepsOf(publicUrl: string) {
  /** Registers a client (RFC 7591). */
  async function register(
    metadata: Record<string, unknown> = {},
  ): Promise<Record<string, unknown> & { client_id: string }> {
    const answer = await fetch(`${publicUrl}/oauth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        client_name: "A test",
        redirect_uris: ["http://127.0.0.1/cb"],
        token_endpoint_auth_method: "none",
        ...metadata,
      }),
    });
    return (await answer.json()) as Record<string, unknown> & { client_id: string };
  }

  /** An authorization request, with its verifier. A parameter that is undefined is left out. */
  async function begin(parameters: { client_id: string } & Record<string, string | undefined>) {
    const verifier = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const url = new URL(`${publicUrl}/oauth/authorize`);
    const all = {
      redirect_uri: "http://127.0.0.1:4711/cb",
      response_type: "code",
      code_challenge: Buffer.from(hash).toString("base64url"),
      code_challenge_method: "S256",
      state: "x",
      resource: `${publicUrl}/mcp`,
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
    return { url, verifier, clientId: all.client_id, redirectUri: all.redirect_uri };
  }

  /** Follows redirects until a page is there, or the browser has arrived at `until`, where nothing has to listen. */
  async function follow(browser: PlainBrowser, from: Visit, until?: string): Promise<Visit> {
    let visit = from;
    for (let step = 0; step < MOST_REDIRECTS && visit.location; step += 1) {
      if (until !== undefined && visit.location.href.startsWith(until)) break;
      visit = await browser.get(visit.location);
    }
    return visit;
  }

  /** Sends a form to the token endpoint. */
  async function token(fields: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${publicUrl}/oauth/token`, { method: "POST", body: new URLSearchParams(fields) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  /** One request of MCP. */
  async function call(
    accessToken: string,
    method: string,
    params: object = {},
    headers: Record<string, string> = {},
  ): Promise<McpAnswer> {
    const answer = await fetch(`${publicUrl}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${accessToken}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    return readAnswer(answer);
  }

  return { register, begin, follow, token, call };
}

/** What a client of the server does, step by step, and all of it at once. */
export function clientOf(publicUrl: string, autoSignIn: (login: string) => void) {
  const steps = stepsOf(publicUrl);
  const { register, begin, follow, token, call } = steps;

  /**
   * The whole way of a person and a client: registration, consent, sign-in at Okta, code, tokens. The org signs the
   * person in without asking.
   */
  async function signIn(login: string = ADMIN_LOGIN, options: SignInOptions = {}) {
    const redirectUri = options.redirectUri ?? "http://127.0.0.1:4711/cb";
    const client_id =
      options.clientId ??
      (
        await register({
          client_name: options.clientName ?? "A test",
          redirect_uris: [redirectUri.replace(/^(http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])):\d+/, "$1")],
        })
      ).client_id;
    autoSignIn(login);
    const browser = options.browser ?? plainBrowser();
    const begun = await begin({ client_id, redirect_uri: redirectUri, scope: options.scopes?.join(" ") });
    let visit = await follow(browser, await browser.get(begun.url), redirectUri);
    if (visit.location === undefined && visit.html.includes('value="allow"')) {
      visit = await follow(browser, await browser.submit(visit, visit.url, CONSENT_BUTTON), redirectUri);
    }
    const code = visit.location?.searchParams.get("code");
    expect(code, `${visit.location?.href ?? ""} ${visit.html}`).toBeTruthy();
    const { status, body } = await token({
      grant_type: "authorization_code",
      client_id,
      code: code ?? "",
      redirect_uri: redirectUri,
      code_verifier: begun.verifier,
    });
    expect(status, JSON.stringify(body)).toBe(200);
    const access_token = String(body.access_token);
    return {
      client_id,
      access_token,
      refresh_token: String(body.refresh_token),
      scope: body.scope,
      browser,
      call: (method: string, params?: object, headers?: Record<string, string>) =>
        call(access_token, method, params, headers),
    };
  }
  return { ...steps, signIn };
}

/** Reads an answer of /mcp, whether it came as JSON or as events; of events the last one counts. */
export async function readAnswer(answer: Response): Promise<McpAnswer> {
  const text = await answer.text();
  const events = [...text.matchAll(/^data: ?(.*)$/gm)].map(([, data = ""]) => data);
  const json = answer.headers.get("content-type")?.includes("event-stream") ? (events.at(-1) ?? "") : text;
  let message: unknown;
  try {
    message = JSON.parse(json);
  } catch {
    message = undefined;
  }
  return { status: answer.status, headers: answer.headers, text, message };
}
