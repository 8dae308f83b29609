import type Provider from "oidc-provider";
import { tokenHolder } from "../issuer/access-tokens.js";
import { OWN_SCOPES } from "../issuer/own-scopes.js";
import type { Store } from "../store/open-store.js";
import type { TokenHolder, TokenRefusal, TokenVerifier } from "./token-verifier.js";

/** Verifies the tokens that our own authorization server gave out. */
export class OwnTokens implements TokenVerifier {
  readonly #provider: () => Provider;
  readonly #resource: string;
  readonly #store: Pick<Store, "people" | "oidc">;

  /**
   * @param provider the authorization server as of this moment
   * @param resource the address of /mcp, for which tokens are given out
   */
  constructor(provider: () => Provider, resource: string, store: Pick<Store, "people" | "oidc">) {
    this.#provider = provider;
    this.#resource = resource;
    this.#store = store;
  }

  async verify(token: string): Promise<TokenHolder | { refused: TokenRefusal }> {
    const refused = { refused: { kind: "invalid", why: "The token does not count here." } } as const;
    const holder = await tokenHolder(this.#provider(), this.#resource, token);
    if (holder === undefined) return refused;
    const { clientId, grantId, scopes, expiresAtMs } = holder;
    // Neither needs the other, and a database may be a network away.
    const { oidc, people } = this.#store;
    const [hasGrant, person] = await Promise.all([oidc.hasGrant(grantId), people.find(holder.personId)]);
    if (!hasGrant || person?.status !== "active") return refused;
    if (!scopes.has(OWN_SCOPES.read)) {
      return { refused: { kind: "no_scope", why: `The token has no ${OWN_SCOPES.read}.` } };
    }
    const mayWrite = scopes.has(OWN_SCOPES.write);
    return { person, machineRole: undefined, clientId, grantId, mayWrite, orgToken: undefined, expiresAtMs };
  }
}
