import type { McpScopes } from "../../issuer/own-scopes.js";
import type { TokenVerifier } from "../../verify/token-verifier.js";
import type { LeavingParts } from "./leaving-parts.js";
import type { SignInParts } from "./sign-in-parts.js";

/** How callers are known, and what clients are told of it. */
export interface CallerMode {
  verifier: TokenVerifier;
  /** The issuers of tokens for /mcp that clients may use. */
  authorizationServers: readonly string[];
  /** The scopes of tokens for /mcp; undefined where scopes do not decide on reading and writing. */
  scopes: McpScopes | undefined;
  /** What people sign in to the pages with; undefined where there is no web app in Okta. */
  signIn: SignInParts | undefined;
  /** What ends people's access. */
  leaving: LeavingParts;
  /** A sentence for whoever runs the server and whoever looks at its state. */
  warning: string | undefined;
}
