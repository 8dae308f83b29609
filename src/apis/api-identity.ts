import type { Json } from "../json/json.js";

/** What a request carries so that the API knows who calls. It is a secret. */
export interface ApiAuthorization {
  headers: Readonly<Record<string, string>>;
  /** Parameters of the query, by name. */
  query: Readonly<Record<string, string>>;
}

/** The identity of one caller at one API. Each way to have one (`auth.kind` in the settings) is an implementation. */
export interface ApiIdentity {
  /**
   * What the next request carries. It signs nobody in by itself.
   * @param scopes that the operation needs
   * @throws OktaMcpError session_ended with the way to link the API, missing_scope where a scope was not granted
   */
  authorize(scopes: readonly string[], signal?: AbortSignal): Promise<ApiAuthorization>;
  /** To be called when the API refused what `authorize` gave (401). The next `authorize` brings something new, once. */
  refused(authorization: ApiAuthorization): void;
  /**
   * The claims of the caller, from a token whose signature, issuer and audience were checked.
   * @throws OktaMcpError as `authorize`
   */
  claims(signal?: AbortSignal): Promise<Readonly<Record<string, Json>>>;
}
