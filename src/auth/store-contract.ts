import type { StoredSignIn } from "./stored-sign-in.js";

/** `OKTA_MCP_TOKEN_STORE`. */
export type TokenStoreKind = "auto" | "keychain" | "file" | "memory";

/**
 * The content of a store. An empty answer is not always certain: a locked keyring on Linux answers like an empty one.
 */
export type Found = { signIn: StoredSignIn } | { signIn: undefined; certain: boolean };

/** Keeps the sign-in of one org and client. Every method throws OktaMcpError bad_config when the store cannot be used. */
export interface TokenStore {
  /** True where other processes see it too. */
  readonly shared: boolean;
  /** The place of the store, in words. */
  kept(): Promise<string>;
  /** Finds out whether a sign-in can be kept, before a person is asked for one. */
  prepare(): Promise<void>;
  read(): Promise<Found>;
  write(signIn: StoredSignIn): Promise<void>;
  remove(): Promise<void>;
}
