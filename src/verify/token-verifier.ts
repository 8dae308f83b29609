import type { Json } from "../json/json.js";
import type { KnownPerson } from "../store/stored-people.js";

/** Whoever a token stands for. */
export interface TokenHolder {
  /** A machine is known as a person is, by the issuer and its client id. */
  person: KnownPerson;
  /** The name of the one role of a machine; undefined for a person, whose groups decide. */
  machineRole: string | undefined;
  clientId: string;
  /** What the person has allowed the client, where this server keeps that. */
  grantId: string | undefined;
  /** True where the token allows writing too. */
  mayWrite: boolean;
  /** The token itself, where it is one of the org's that calls are to be made with. */
  orgToken: string | undefined;
  /** The scopes at the org of such a token. */
  orgScopes?: readonly string[] | undefined;
  /**
   * A token of an authorization server that knows this server as its audience, with what it says: for other tokens in
   * exchange for it, and for what it tells of the person. It is sent nowhere else.
   */
  presented?: { token: string; claims: Readonly<Record<string, Json>> } | undefined;
  /** Epoch milliseconds. */
  expiresAtMs: number;
  /**
   * When the token was given out, in epoch milliseconds; undefined where `grantId` tells whether it still counts, or
   * nobody's access can end before the token does.
   */
  issuedAtMs?: number | undefined;
  /** True where the org has not told for long in which groups the person is, so that they may have changed. */
  hasOldGroups?: boolean;
}

/** The reason why a token does not count, or why nobody can tell at the moment. */
export type TokenRefusal =
  | { kind: "invalid"; why: string }
  /** The token counts, but lacks the scope that every request needs. */
  | { kind: "no_scope"; why: string }
  /** The token counts, and its holder may not come in. */
  | { kind: "forbidden"; why: string }
  /** The sender is right to try again: nothing is wrong with the token, as far as is known. */
  | { kind: "unavailable"; why: string; retryAfterSeconds: number };

/** Tells who a bearer token stands for. */
export interface TokenVerifier {
  /** @param address the address from which the token came */
  verify(token: string, address: string): Promise<TokenHolder | { refused: TokenRefusal }>;
}
