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

/** Where the sign-in of one session is kept, with the lock around it. */
export interface SignInKeeper {
  /** The place of the sign-in, in words. */
  kept(): Promise<string>;
  /** @throws OktaMcpError bad_config when a sign-in could not be kept as the settings ask */
  prepare(): Promise<void>;
  /** True where what is kept is there for other processes, as far as that is known by now. */
  outlives(): Promise<boolean>;
  /** @throws OktaMcpError bad_config when the store cannot be read */
  read(): Promise<Found>;
  /**
   * Keeps a sign-in. False where that failed: it then lives as long as this process.
   * @param usedUp what the store holds has a refresh token that Okta has taken out of use: whoever
   *   found it there and used it would end this sign-in too, so it goes even where nothing can be kept
   */
  write(signIn: StoredSignIn, how: { usedUp: boolean }): Promise<boolean>;
  /** @throws OktaMcpError bad_config when it could not be removed */
  remove(): Promise<void>;
  /** Runs `action` while nothing else uses the same sign-in, in this process or another. */
  locked<T>(action: () => Promise<T>): Promise<T>;
}
