import { OktaMcpError } from "../errors/index.js";
import type { AccessToken } from "../okta/token.js";
import type { ProofKey } from "./proof-key.js";

/** The parts of an access token. */
export interface TokenParts {
  value: string;
  scopes: readonly string[] | undefined;
  /** Epoch milliseconds. */
  expiresAtMs: number | undefined;
  /** The key that the token is bound to; undefined for a Bearer token. */
  proofKey: ProofKey | undefined;
}

/** True for a text that can stand in an `Authorization` header as it is. */
export function fitsHeader(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}

/** An access token for one place: an org or an API. It keeps its value to itself and authorizes requests there only. */
export class OrgToken implements AccessToken {
  readonly scopes: readonly string[] | undefined;
  readonly expiresAtMs: number | undefined;
  readonly #value: string;
  readonly #sentTo: string;
  readonly #proofKey: ProofKey | undefined;

  /** @param sentTo the origin of the place */
  constructor(sentTo: string, { value, scopes, expiresAtMs, proofKey }: TokenParts) {
    this.scopes = scopes;
    this.expiresAtMs = expiresAtMs;
    this.#value = value;
    this.#sentTo = sentTo;
    this.#proofKey = proofKey;
  }

  async headers(method: string, url: URL): Promise<Record<string, string>> {
    if (url.origin !== this.#sentTo) {
      throw new OktaMcpError("bug", `A token for ${this.#sentTo} was about to be sent to ${url.origin}.`);
    }
    if (!this.#proofKey) return { authorization: `Bearer ${this.#value}` };
    return {
      authorization: `DPoP ${this.#value}`,
      dpop: await this.#proofKey.proof("resource-server", method, url, this.#value),
    };
  }

  challenged(response: Pick<Response, "headers">): boolean {
    return this.#proofKey?.challenged("resource-server", response.headers) ?? false;
  }
}
