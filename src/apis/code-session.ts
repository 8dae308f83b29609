import { randomBytes } from "node:crypto";
import { type BegunSignIn, LinkSession } from "../auth/link-session.js";
import type { Grant, OAuthClient } from "../auth/oauth-client.js";
import { OAuthFailure, oktaSaid } from "../auth/oauth-failure.js";
import type { SessionParts } from "../auth/session-parts.js";
import { type Keeping, SignInVault } from "../auth/sign-in-vault.js";
import { OktaMcpError } from "../errors/index.js";
import { cancelled, untilAborted } from "../net/waiting.js";
import type { ApiTokenSource } from "./api-auth.js";
import type { ApiIssuer } from "./api-issuer.js";
import { type LoopbackRedirect, listenForRedirect, loopbackRedirectUri, type Returned } from "./loopback-redirect.js";
import type { ReturnPage } from "./return-page.js";

export interface CodeSessionOptions {
  /** The API's name in the settings. */
  name: string;
  /** The address under which the API's paths begin: tokens go to its origin alone. */
  baseUrl: URL;
  source: ApiTokenSource;
  /** The port of this machine to which the browser comes back. */
  redirectPort: number;
  issuer: ApiIssuer;
  keeping: Keeping;
  shared: Pick<SessionParts, "log" | "fetch" | "now" | "sleep" | "clock" | "requestTimeoutMs">;
}

/** What a sign-in asks for besides the scopes of the API: who the person is, and a token that renews itself. */
const BESIDES = ["openid", "profile", "offline_access"];

/** The time that a person has to sign in. */
const LIFETIME_MS = 10 * 60_000;

/** A random text that nobody can guess (RFC 7636, section 4.1, takes 43 characters and more). */
const unguessable = () => randomBytes(32).toString("base64url");

/** What a sign-in was begun with, and what the browser has to bring back. */
interface Asked {
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
}

/**
 * A session of a person at the authorization server of one API: they sign in with their browser, which brings a code back
 * to this machine (RFC 6749, section 4.1, with PKCE; RFC 8252). The tokens are for the API and go nowhere else.
 */
export class CodeSession extends LinkSession {
  readonly #issuer: ApiIssuer;
  readonly #port: number;
  readonly #name: string;

  constructor({ name, baseUrl, source, redirectPort, issuer, keeping, shared }: CodeSessionOptions) {
    const { clientId } = source.client;
    const key = { orgUrl: issuer.issuer, clientId, method: `api ${name} ${baseUrl.href}` } as const;
    super({
      parts: {
        ...shared,
        orgUrl: issuer.issuer,
        clientId,
        configured: new Set(source.scopes),
        api: { name, origin: baseUrl.origin },
      },
      method: "code",
      asked: [...new Set([...BESIDES, ...source.scopes])],
      vault: new SignInVault({ ...keeping, key, log: shared.log }),
      openClient: () => issuer.client(),
    });
    this.#issuer = issuer;
    this.#port = redirectPort;
    this.#name = name;
  }

  /** Looking for the endpoints may fail and succeed later. */
  protected override openClient(): Promise<OAuthClient> {
    return this.#issuer.client();
  }

  protected override async begin(stop: AbortSignal): Promise<BegunSignIn> {
    const redirectUri = loopbackRedirectUri(this.#port);
    const asked: Asked = { state: unguessable(), nonce: unguessable(), verifier: unguessable(), redirectUri };
    const address = await this.#issuer
      .authorizationAddress({ ...asked, scopes: this.asked })
      .catch((error: unknown) => {
        throw this.#explained(error);
      });
    const listener = await listenForRedirect({ port: this.#port, state: asked.state });
    return {
      verificationUri: address,
      verificationUriComplete: address,
      userCode: "",
      expiresAtMs: this.parts.now() + LIFETIME_MS,
      finish: (keep) => this.#finish(listener, asked, keep, stop),
    };
  }

  async #finish(
    listener: LoopbackRedirect,
    asked: Asked,
    keep: (grant: Grant) => Promise<void>,
    stop: AbortSignal,
  ): Promise<void> {
    try {
      const { parameters, show } = await this.#browser(listener, asked, stop);
      try {
        const client = await this.#issuer.client();
        const grant = await client.redeemCode({ ...asked, callback: parameters }, stop);
        // What is not for this API is found out now and not at the first call.
        await this.#issuer.check(grant.accessToken, { scopes: [] });
        await keep(grant);
      } catch (error) {
        const told = this.#explained(error);
        show(failed(told, this.#name));
        throw told;
      }
      show(done(this.#name));
    } finally {
      listener.close();
    }
  }

  /** Waits until the browser is back. @throws OktaMcpError login_expired, cancelled */
  async #browser({ returned }: LoopbackRedirect, { redirectUri }: Asked, stop: AbortSignal): Promise<Returned> {
    const back = new AbortController();
    const limit = AbortSignal.any([stop, back.signal]);
    const late = this.parts.sleep(LIFETIME_MS, limit).catch(() => {});
    try {
      const first = await untilAborted(Promise.race([returned, late]), stop, "The sign-in");
      if (first) return first;
    } finally {
      back.abort();
    }
    if (stop.aborted) throw cancelled("The sign-in");
    throw new OktaMcpError(
      "login_expired",
      `Nobody came back from the sign-in to the API ${this.#name} within ${LIFETIME_MS / 60_000} minutes.`,
      {
        fix: `Start the sign-in again. If Okta's page said that the redirect_uri is wrong, add ${redirectUri} to the Sign-in redirect URIs of the app ${this.parts.clientId} first (Applications > Applications > your app > General).`,
      },
    );
  }

  #explained(error: unknown): unknown {
    const denied = error instanceof OAuthFailure && error.error === "access_denied" && error.status === undefined;
    if (denied) return new OktaMcpError("login_denied", `The sign-in was denied${oktaSaid(error)}.`);
    return this.#issuer.explained(error, this.context("The sign-in"));
  }
}

const done = (api: string): ReturnPage => ({
  isDone: true,
  title: "You are signed in",
  text: `okta-mcp can use the API ${api} in your name now. You can close this page and go back to where you came from.`,
});

const failed = (error: unknown, api: string): ReturnPage => ({
  isDone: false,
  title: "The sign-in did not work",
  text:
    error instanceof OktaMcpError
      ? `${error.message} ${error.fix}`
      : `Something went wrong at the sign-in to the API ${api}. Go back to where you came from, and begin again.`,
});
