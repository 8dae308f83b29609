import { OktaMcpError } from "../errors/index.js";
import type { StoreKey } from "../files/store-key.js";
import type { Log } from "../log.js";
import { visible } from "../text/quote.js";
import { useSystemKeychain } from "./keychain.js";
import { KeychainStore } from "./keychain-store.js";
import type { Found, TokenStore, TokenStoreKind } from "./store-contract.js";
import type { StoredSignIn } from "./stored-sign-in.js";
import { TokenFile } from "./token-file.js";

export interface TokenStoreOptions {
  key: StoreKey;
  log: Log;
  /** The folder for what the project keeps on this machine; asked for only when it is needed. */
  stateDir: () => Promise<string>;
}

/** Opens the store that `OKTA_MCP_TOKEN_STORE` names; touches nothing until it is used. */
export function openTokenStore(kind: TokenStoreKind, { key, log, stateDir }: TokenStoreOptions): TokenStore {
  switch (kind) {
    case "auto":
      return new AutoStore(new KeychainStore(key, useSystemKeychain), new MemoryStore(), log);
    case "keychain":
      return new KeychainStore(key, useSystemKeychain);
    case "file":
      return new TokenFile(key, stateDir);
    case "memory":
      return new MemoryStore();
  }
}

/** Keeps the sign-in as long as the process lives. */
class MemoryStore implements TokenStore {
  readonly shared = false;
  #signIn: StoredSignIn | undefined;

  kept(): Promise<string> {
    return Promise.resolve("memory of this process");
  }
  async prepare(): Promise<void> {}
  async read(): Promise<Found> {
    return this.#signIn ? { signIn: this.#signIn } : { signIn: undefined, certain: true };
  }
  async write(signIn: StoredSignIn): Promise<void> {
    this.#signIn = signIn;
  }
  async remove(): Promise<void> {
    this.#signIn = undefined;
  }
}

/** The keychain, and memory from the moment on at which the keychain turns out to be unusable. */
class AutoStore implements TokenStore {
  readonly #memory: TokenStore;
  readonly #log: Log;
  #store: TokenStore;

  constructor(keychain: TokenStore, memory: TokenStore, log: Log) {
    this.#store = keychain;
    this.#memory = memory;
    this.#log = log;
  }

  get shared(): boolean {
    return this.#store.shared;
  }

  kept(): Promise<string> {
    return this.#store.kept();
  }
  prepare(): Promise<void> {
    return this.#try((store) => store.prepare());
  }
  read(): Promise<Found> {
    return this.#try((store) => store.read());
  }
  write(signIn: StoredSignIn): Promise<void> {
    return this.#try((store) => store.write(signIn));
  }
  remove(): Promise<void> {
    return this.#try((store) => store.remove());
  }

  async #try<T>(action: (store: TokenStore) => Promise<T>): Promise<T> {
    const store = this.#store;
    try {
      return await action(store);
    } catch (error) {
      if (store === this.#memory || !(error instanceof OktaMcpError)) throw error;
      if (this.#store === store) {
        this.#store = this.#memory;
        this.#log.warn(
          `${visible(error.message)} The sign-in is kept in memory and ends with this process. ` +
            "To keep it in a file that only you can read, set OKTA_MCP_TOKEN_STORE=file.",
        );
      }
      return action(this.#memory);
    }
  }
}
