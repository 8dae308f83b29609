import { DPOP_ALGORITHMS, DpopProblem, type DpopVerifier } from "./dpop.js";
import type { GrantCheck } from "./grants.js";
import type { SandboxRequest } from "./route.js";
import type { IssuedToken } from "./token-types.js";

/** A refusal of an access token, as Okta words it. */
export interface BearerRefusal {
  refused: true;
  status: number;
  headers: Record<string, string>;
}

/**
 * Checks the access token of a request, and the proof of its key (RFC 6750; RFC 9449, section 7).
 * @param find the token that is good now, by its value
 */
export type BearerCheck = (
  request: Pick<SandboxRequest, "method" | "url" | "headers">,
  find: (token: string) => IssuedToken | undefined,
) => Promise<IssuedToken | BearerRefusal>;

export interface BearerCheckParts {
  dpop: DpopVerifier;
  counts: GrantCheck;
  realm: () => string;
  /** True where a proof needs the org's nonce. */
  demandsNonce: () => boolean;
}

export function bearerCheck({ dpop, counts, realm, demandsNonce }: BearerCheckParts): BearerCheck {
  function refused(status: number, scheme: "Bearer" | "DPoP", error: string, why: string): BearerRefusal {
    const algorithms = scheme === "DPoP" ? `algs="${DPOP_ALGORITHMS.join(" ")}", ` : "";
    const challenge = `${scheme} ${algorithms}realm="${realm()}", error="${error}", error_description="${why}"`;
    const headers: Record<string, string> = { "WWW-Authenticate": challenge };
    if (error === "use_dpop_nonce") headers["DPoP-Nonce"] = dpop.nonce();
    return { refused: true, status, headers };
  }

  return async (request, find) => {
    const [, scheme = "", value = ""] = /^(\S+) +(\S+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
    const found = find(value);
    const jkt = found?.grant.boundTo;
    const asked = jkt === undefined ? "bearer" : "dpop";
    if (found === undefined || scheme.toLowerCase() !== asked || !counts(found.grant)) {
      return refused(401, jkt === undefined ? "Bearer" : "DPoP", "invalid_token", "The token is invalid");
    }
    if (jkt === undefined) return found;
    try {
      await dpop.verify(request, { accessToken: value, boundTo: jkt, nonce: demandsNonce() });
      return found;
    } catch (error) {
      if (!(error instanceof DpopProblem)) throw error;
      // Okta answers 400 to a wrong proof; RFC 9449, section 9, asks for 401 where the nonce is missing.
      return refused(error.error === "use_dpop_nonce" ? 401 : 400, "DPoP", error.error, error.message);
    }
  };
}
