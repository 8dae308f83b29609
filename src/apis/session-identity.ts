import type { Session } from "../auth/session.js";
import { tokenScopes } from "../auth/verified-jwt.js";
import type { Json } from "../json/json.js";
import type { AccessToken } from "../okta/token.js";
import type { ApiAuthorization, ApiIdentity } from "./api-identity.js";
import { type ApiIssuer, WrongToken } from "./api-issuer.js";
import type { ApiTokenPerson } from "./api-token.js";

export interface SessionIdentityOptions {
  /** The session of the caller, whose tokens are for the API. */
  session: Pick<Session, "token" | "reject" | "method" | "configured">;
  issuer: ApiIssuer;
  /** An address of the API, for a proof that is asked for without a request. */
  baseUrl: URL;
  /** The person whose tokens they have to be; undefined where one person has this process. */
  person?: ApiTokenPerson | undefined;
}

type Claims = Readonly<Record<string, Json>>;

/**
 * The identity of a person who has granted access to an API: their session has the tokens and renews them. Each token is
 * checked before it is first sent.
 */
export function sessionIdentity({ session, issuer, baseUrl, person }: SessionIdentityOptions): ApiIdentity {
  const given = new WeakMap<ApiAuthorization, AccessToken>();
  const checked = new WeakMap<AccessToken, Promise<Claims>>();

  const claimsOf = (token: AccessToken, headers: Readonly<Record<string, string>>): Promise<Claims> => {
    const known = checked.get(token);
    if (known !== undefined) return known;
    const [, value = ""] = (headers.authorization ?? "").split(" ");
    const checking = issuer.check(value, { scopes: [], person });
    checked.set(token, checking);
    // A check that could not be made is made anew.
    checking.catch(() => checked.delete(token));
    return checking;
  };

  /** @throws OktaMcpError for a token that must not be sent, and where it cannot be checked */
  const told = <T>(action: () => Promise<T>): Promise<T> =>
    action().catch((error: unknown) => {
      const { method, configured } = session;
      throw issuer.explained(error, { method, scopes: [...configured], what: "The check of the token" });
    });

  return {
    async authorize({ scopes, method, url }, signal) {
      const token = await session.token(signal);
      const headers = await token.headers(method, url);
      await told(async () => {
        const granted = tokenScopes(await claimsOf(token, headers)) ?? new Set();
        const missingScopes = scopes.filter((scope) => !granted.has(scope));
        if (missingScopes.length > 0) throw new WrongToken({ why: "Scopes are missing.", missingScopes });
      });
      const authorization = { headers, query: {} };
      given.set(authorization, token);
      return authorization;
    },
    refused(authorization, headers) {
      const token = given.get(authorization);
      // A nonce that the answer asks for makes the same token good.
      if (token !== undefined && !token.challenged({ headers })) session.reject(token);
    },
    async claims(signal) {
      const token = await session.token(signal);
      const headers = await token.headers("GET", baseUrl);
      return told(() => claimsOf(token, headers));
    },
  };
}
