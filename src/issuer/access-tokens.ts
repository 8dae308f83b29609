import type Provider from "oidc-provider";
import { ownScopesIn } from "./own-scopes.js";

/** Whoever a request comes from, by its token. */
export interface OwnTokenHolder {
  personId: string;
  clientId: string;
  /** What the person has allowed the client. It ends at a person's or an operator's word. */
  grantId: string;
  scopes: ReadonlySet<string>;
  /** Epoch milliseconds. */
  expiresAtMs: number;
}

/** The longest token. One of ours has 43 characters. */
const MAX_TOKEN_CHARS = 256;

/**
 * The holder of an access token that our own authorization server gave out for /mcp; undefined for every other text,
 * and once the token or its time has ended. Nothing in the token is read: the store says what it stands for. Whether its
 * grant is still there, the caller asks.
 */
export async function tokenHolder(
  provider: Provider,
  resource: string,
  token: string,
): Promise<OwnTokenHolder | undefined> {
  if (token.length > MAX_TOKEN_CHARS || !/^[\w-]+$/.test(token)) return undefined;
  const found = await provider.AccessToken.find(token);
  if (!found?.isValid || found.accountId === undefined || found.clientId === undefined) return undefined;
  const audiences = Array.isArray(found.aud) ? found.aud : [found.aud];
  if (!audiences.includes(resource)) return undefined;
  const { grantId } = found;
  if (grantId === undefined || found.exp === undefined) return undefined;
  return {
    personId: found.accountId,
    clientId: found.clientId,
    grantId,
    scopes: new Set(ownScopesIn(found.scope)),
    expiresAtMs: found.exp * 1000,
  };
}
