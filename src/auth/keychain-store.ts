import { OktaMcpError } from "../errors/index.js";
import type { StoreKey } from "../files/store-key.js";
import { quoteOkta } from "../text/quote.js";
import { type Keychain, KeychainProblem, type UseKeychain } from "./keychain.js";
import type { Found, TokenStore } from "./store-contract.js";
import { parseStoredSignIn, type StoredSignIn } from "./stored-sign-in.js";

const SERVICE = "okta-mcp";

/** The most characters of an entry. Windows takes 2,560 bytes. */
const MAX_ENTRY_CHARS = 2_400;

/**
 * The head entry, under the plain account name. It is written last and in one step, so that the earlier sign-in stays
 * whole until then.
 */
interface Head {
  version: 1;
  /** The set of part entries that belongs to the head. The other set is free for the next write. */
  set: "a" | "b";
  parts: number;
  refreshToken?: string | undefined;
}

/**
 * Keeps a sign-in in the system keychain. The refresh token has one entry. All other parts, the access token included,
 * have as many further entries as they need.
 */
export class KeychainStore implements TokenStore {
  readonly shared = true;
  readonly #key: StoreKey;
  readonly #use: UseKeychain;

  constructor(key: StoreKey, use: UseKeychain) {
    this.#key = key;
    this.#use = use;
  }

  kept(): Promise<string> {
    return Promise.resolve("system keychain");
  }

  prepare(): Promise<void> {
    return this.#with(async (keychain) => {
      const account = `${this.#account} (check ${process.pid})`;
      await keychain.setPassword(SERVICE, account, "check");
      const kept = await keychain.getPassword(SERVICE, account);
      await keychain.deletePassword(SERVICE, account);
      if (kept !== "check") throw new KeychainProblem("it does not keep what it is given");
    });
  }

  read(): Promise<Found> {
    return this.#with(async (keychain) => {
      const text = await keychain.getPassword(SERVICE, this.#account);
      // A locked keyring of the Secret Service answers like an empty one.
      if (text === null) return { signIn: undefined, certain: process.platform !== "linux" };
      const head = parseHead(text);
      if (!head) return { signIn: undefined, certain: true };
      const { set, parts, refreshToken } = head;
      const pieces: string[] = [];
      for (const account of this.#partAccounts(set, parts)) {
        const piece = await keychain.getPassword(SERVICE, account);
        if (piece === null) return { signIn: undefined, certain: true };
        pieces.push(piece);
      }
      const signIn = parseStoredSignIn(pieces.join(""), this.#key);
      return signIn ? { signIn: { ...signIn, refreshToken } } : { signIn: undefined, certain: true };
    });
  }

  write(signIn: StoredSignIn): Promise<void> {
    return this.#with(async (keychain) => {
      const before = parseHead((await keychain.getPassword(SERVICE, this.#account)) ?? "");
      const set = before?.set === "a" ? "b" : "a";
      const { refreshToken, ...rest } = signIn;
      const pieces = cut(asciiJson(rest));
      const accounts = this.#partAccounts(set, pieces.length);
      for (const [index, account] of accounts.entries()) {
        await keychain.setPassword(SERVICE, account, pieces[index] ?? "");
      }
      const head: Head = { version: 1, set, parts: pieces.length, refreshToken };
      await keychain.setPassword(SERVICE, this.#account, asciiJson(head));
      if (before) await this.#deleteParts(keychain, before.set);
    });
  }

  remove(): Promise<void> {
    return this.#with(async (keychain) => {
      await keychain.deletePassword(SERVICE, this.#account);
      await this.#deleteParts(keychain, "a");
      await this.#deleteParts(keychain, "b");
    });
  }

  /** The account name in clear words, since people look into their keychain. */
  get #account(): string {
    const { orgUrl, clientId, method } = this.#key;
    return `${orgUrl} ${clientId}${method === undefined ? "" : ` (${method})`}`;
  }

  #partAccounts(set: Head["set"], count: number): string[] {
    return Array.from({ length: count }, (_, index) => this.#partAccount(set, index));
  }

  #partAccount(set: Head["set"], index: number): string {
    return `${this.#account} (${set}${index + 1})`;
  }

  async #deleteParts(keychain: Keychain, set: Head["set"]): Promise<void> {
    for (let index = 0; await keychain.deletePassword(SERVICE, this.#partAccount(set, index)); index += 1);
  }

  async #with<T>(action: (keychain: Keychain) => Promise<T>): Promise<T> {
    try {
      return await this.#use(action);
    } catch (error) {
      if (!(error instanceof KeychainProblem)) throw error;
      throw new OktaMcpError("bad_config", `The system keychain cannot be used: ${quoteOkta(error.message)}.`, {
        fix: "Unlock or start the keychain, or set OKTA_MCP_TOKEN_STORE to `file` (a file that only you can read) or `memory`.",
      });
    }
  }
}

function parseHead(text: string): Head | undefined {
  try {
    const { version, set, parts, refreshToken } = JSON.parse(text) as Partial<Head>;
    const known = version === 1 && (set === "a" || set === "b") && typeof parts === "number" && parts < 1000;
    return known ? { version, set, parts, refreshToken } : undefined;
  } catch {
    return undefined;
  }
}

/** JSON in which each character is one byte. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function cut(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / MAX_ENTRY_CHARS) }, (_, index) =>
    text.slice(index * MAX_ENTRY_CHARS, (index + 1) * MAX_ENTRY_CHARS),
  );
}
