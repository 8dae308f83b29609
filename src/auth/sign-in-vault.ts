import { join } from "node:path";
import { OktaMcpError } from "../errors/index.js";
import { fileNameOf, type StoreKey } from "../files/store-key.js";
import { dataDir } from "../files/user-dirs.js";
import type { Log } from "../log.js";
import type { Locks } from "./lock.js";
import type { Found, SignInKeeper, TokenStore, TokenStoreKind } from "./store-contract.js";
import type { StoredSignIn } from "./stored-sign-in.js";

/** The settings for keeping a sign-in. */
export interface Keeping {
  kind: TokenStoreKind;
  /** Default the system's folder for application data. */
  stateDir: string | undefined;
  /** It has to be there for other processes. */
  outlives: boolean;
}

export interface SignInVaultOptions extends Keeping {
  key: StoreKey;
  log: Log;
}

const KEEP_IN_FILE =
  "Set OKTA_MCP_TOKEN_STORE=file, which keeps it in a file that only you can read, for this command and for the server alike";

/**
 * The token store of a session with the lock around it. Stores and lock are loaded when they are
 * first needed. Where a sign-in cannot be kept, that is said once and the work goes on.
 */
export class SignInVault implements SignInKeeper {
  readonly #options: SignInVaultOptions;
  #opened: Promise<TokenStore> | undefined;
  #dir: Promise<string> | undefined;
  #locks: Promise<Locks> | undefined;
  #lockWarned = false;
  #unkept: string | undefined;
  /** The end of what is running or waiting in this process. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SignInVaultOptions) {
    this.#options = options;
  }

  async kept(): Promise<string> {
    if (this.#unkept !== undefined) return `memory of this process: ${this.#unkept}`;
    return (await this.#store()).kept();
  }

  async prepare(): Promise<void> {
    const { kind, outlives } = this.#options;
    if (!outlives) return (await this.#store()).prepare();
    if (kind === "memory") {
      throw new OktaMcpError(
        "bad_config",
        "OKTA_MCP_TOKEN_STORE is `memory`, so a sign-in by this command would be gone when the command ends.",
        { fix: `${KEEP_IN_FILE}; or let the server sign in when a tool is called.` },
      );
    }
    try {
      await (await this.#store()).prepare();
    } catch (error) {
      if (kind !== "auto" || !(error instanceof OktaMcpError)) throw error;
      throw new OktaMcpError(
        error.code,
        `${error.message} Without it a sign-in by this command would be gone when the command ends.`,
        { fix: `${KEEP_IN_FILE}; or unlock or start the keychain.`, cause: error },
      );
    }
  }

  async outlives(): Promise<boolean> {
    return this.#unkept === undefined && (await this.#store()).shared;
  }

  async read(): Promise<Found> {
    return (await this.#store()).read();
  }

  async write(signIn: StoredSignIn, { usedUp }: { usedUp: boolean }): Promise<boolean> {
    try {
      await (await this.#store()).write(signIn);
      this.#unkept = undefined;
      return true;
    } catch (error) {
      if (!(error instanceof OktaMcpError)) throw error;
      this.#unkept = error.message;
      this.#options.log.error(
        `The sign-in could not be kept and ends with this process. ${error.message} ${error.fix}`,
      );
      if (usedUp) await (await this.#store()).remove().catch(() => {});
      return false;
    }
  }

  async remove(): Promise<void> {
    await (await this.#store()).remove();
    this.#unkept = undefined;
  }

  /**
   * Runs `action` while nothing else uses the same sign-in, in this process or another. Where no
   * lock can be had, it runs all the same: two processes that renew at the same moment are rare,
   * and a read-only disk must not end a session.
   * @throws OktaMcpError okta_down when another process holds the lock for a minute
   */
  locked<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      const release = (await this.#store()).shared ? await this.#lock() : undefined;
      try {
        return await action();
      } finally {
        await release?.();
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #lock(): Promise<(() => Promise<void>) | undefined> {
    this.#locks ??= import("./lock.js").then(({ Locks }) => new Locks());
    try {
      return await (await this.#locks).take(join(await this.#stateDir(), "locks"), fileNameOf(this.#options.key));
    } catch (error) {
      if (error instanceof OktaMcpError && error.code !== "bad_config") throw error;
      if (!this.#lockWarned) {
        const why = error instanceof Error ? error.message : String(error);
        this.#options.log.warn("Renewals of the sign-in are not coordinated between processes: no lock can be made.", {
          why,
        });
      }
      this.#lockWarned = true;
      return undefined;
    }
  }

  #store(): Promise<TokenStore> {
    const { kind, key, log, outlives } = this.#options;
    this.#opened ??= import("./token-store.js").then(({ openTokenStore }) =>
      openTokenStore(outlives && kind === "auto" ? "keychain" : kind, { key, log, stateDir: () => this.#stateDir() }),
    );
    return this.#opened;
  }

  #stateDir(): Promise<string> {
    const { stateDir } = this.#options;
    this.#dir ??= stateDir !== undefined ? Promise.resolve(stateDir) : defaultStateDir();
    return this.#dir;
  }
}

async function defaultStateDir(): Promise<string> {
  const data = dataDir();
  if (data !== undefined) return data;
  throw new OktaMcpError("bad_config", "This user has no home folder in which a sign-in could be kept.", {
    fix: "Set OKTA_MCP_TOKEN_STORE=memory, or HOME to a folder of this user.",
  });
}
