import type { Json } from "../json/json.js";

/** What a request carries so that the API knows who calls. It is a secret. */
export interface ApiAuthorization {
  headers: Readonly<Record<string, string>>;
  /** Parameters of the query, by name. */
  query: Readonly<Record<string, string>>;
}

/** The request that an authorization is for. */
export interface ApiAuthorizing {
  /** The scopes that the operation needs, all of them. */
  scopes: readonly string[];
  /** In capitals. A proof of possession names method and address (RFC 9449, section 4.2). */
  method: string;
  url: URL;
}

/** The identity of one caller at one API. Each way to have one (`auth.kind` in the settings) is an implementation. */
export interface ApiIdentity {
  /**
   * What one attempt of a request carries; to be asked anew for each attempt. It signs nobody in by itself.
   * @throws OktaMcpError session_ended with the way to link the API, missing_scope where a scope was not granted
   */
  authorize(request: ApiAuthorizing, signal?: AbortSignal): Promise<ApiAuthorization>;
  /**
   * To be called when the API answered 401 to what `authorize` gave. The next `authorize` brings something new, once: a
   * renewed token, or a proof with the nonce that the answer asks for.
   * @param headers those of the answer
   */
  refused(authorization: ApiAuthorization, headers: Headers): void;
  /**
   * The claims of the caller, from a token whose signature, issuer and audience were checked.
   * @throws OktaMcpError as `authorize`
   */
  claims(signal?: AbortSignal): Promise<Readonly<Record<string, Json>>>;
}
