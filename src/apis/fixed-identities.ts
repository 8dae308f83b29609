import { OktaMcpError } from "../errors/index.js";
import type { Json } from "../json/json.js";
import type { ApiAuth } from "./api-auth.js";
import type { ApiIdentity } from "./api-identity.js";

/** An identity that is the same whoever calls, so that it tells nothing of them. */
export type SharedIdentity = Omit<ApiIdentity, "claims">;

/** Tells the claims of the person who calls, where something else than the API's token knows them. */
export type TellClaims = (signal?: AbortSignal) => Promise<Readonly<Record<string, Json>>>;

/** For callers of whom nothing is known. @throws OktaMcpError needs_user */
export const knowsNobody =
  (api: string): TellClaims =>
  () =>
    Promise.reject(
      new OktaMcpError(
        "needs_user",
        `The API ${api} has an argument that is bound to the caller, and nothing is known here of who calls.`,
        { fix: `Whoever runs this can choose another kind of apis.${api}.auth, by which people sign in.` },
      ),
    );

/** The identity that always carries the same: a key of the API, or nothing at all. A refused one stays as it is. */
export function fixedIdentity(auth: Extract<ApiAuth, { kind: "none" | "api_key" }>): SharedIdentity {
  const carried = auth.kind === "none" ? {} : { [auth.name]: auth.key };
  const isQuery = auth.kind === "api_key" && auth.in === "query";
  return {
    authorize: async () => (isQuery ? { headers: {}, query: carried } : { headers: carried, query: {} }),
    refused: () => {},
  };
}
