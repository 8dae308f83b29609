import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { Deadline, FILE_STEP_LIMIT_MS } from "../files/deadline.js";
import { ensurePrivateDir, refuseIfShared, syncDir } from "../files/private-dir.js";
import { openPrivateFile } from "../files/private-file.js";
import { fileNameOf, type StoreKey } from "../files/store-key.js";
import type { Found, TokenStore } from "./store-contract.js";
import { parseStoredSignIn, type StoredSignIn } from "./stored-sign-in.js";

/** A sign-in has a few thousand bytes. */
const MAX_FILE_BYTES = 1_000_000;

/** A write takes milliseconds; what is older was left behind. */
const DRAFT_LIFE_MS = 60_000;

/** Keeps a sign-in in a file of mode 0600 in a folder of mode 0700, replaced as a whole. */
export class TokenFile implements TokenStore {
  readonly shared = true;
  readonly #key: StoreKey;
  readonly #stateDir: () => Promise<string>;
  readonly #deadline: Deadline;

  /**
   * @param stateDir the folder in which the folder `tokens` is made
   * @param stepLimitMs how long one step may take
   */
  constructor(key: StoreKey, stateDir: () => Promise<string>, stepLimitMs = FILE_STEP_LIMIT_MS) {
    this.#key = key;
    this.#deadline = new Deadline(stepLimitMs);
    this.#stateDir = stateDir;
  }

  async kept(): Promise<string> {
    return `file ${await this.#path()}`;
  }

  /** Tries out a whole write, since a full disk lets files be made but not filled. */
  async prepare(): Promise<void> {
    await this.#guard("written", async (path) => {
      const draft = await this.#writeDraft(path, "x".repeat(16_384));
      await rm(draft);
    });
  }

  read(): Promise<Found> {
    return this.#guard("read", async (path) => {
      let file: Awaited<ReturnType<typeof open>>;
      try {
        refuseIfShared(await this.#dir(), "folder", await lstat(await this.#dir()), 0o700);
        file = await openPrivateFile(path, constants.O_RDONLY);
      } catch (error) {
        if (codeOf(error) === "ENOENT") return { signIn: undefined, certain: true };
        throw error;
      }
      try {
        if ((await file.stat()).size > MAX_FILE_BYTES) return { signIn: undefined, certain: true };
        const signIn = parseStoredSignIn(await file.readFile("utf8"), this.#key);
        return signIn ? { signIn } : { signIn: undefined, certain: true };
      } finally {
        await file.close();
      }
    });
  }

  write(signIn: StoredSignIn): Promise<void> {
    return this.#guard("written", async (path) => {
      const draft = await this.#writeDraft(path, JSON.stringify(signIn));
      try {
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await syncDir(await this.#dir());
    });
  }

  remove(): Promise<void> {
    return this.#guard("removed", async (path) => {
      await rm(path, { force: true });
      await this.#removeDrafts(0);
    });
  }

  async #dir(): Promise<string> {
    return join(await this.#stateDir(), "tokens");
  }

  async #path(): Promise<string> {
    return join(await this.#dir(), `${fileNameOf(this.#key)}.json`);
  }

  /** The new content in a file beside the old one, on the disk to its last byte. */
  async #writeDraft(path: string, text: string): Promise<string> {
    await ensurePrivateDir(await this.#dir());
    await this.#removeDrafts(DRAFT_LIFE_MS);
    const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return draft;
  }

  /** Removes what a process left behind that ended in the middle of a write. */
  async #removeDrafts(olderThanMs: number): Promise<void> {
    const dir = await this.#dir();
    const names = await readdir(dir).catch(() => []);
    const drafts = names.filter((name) => name.startsWith(`${fileNameOf(this.#key)}.json.`) && name.endsWith(".tmp"));
    for (const draft of drafts.map((name) => join(dir, name))) {
      const stats = await lstat(draft).catch(() => undefined);
      if (stats && Date.now() - stats.mtimeMs >= olderThanMs) await rm(draft, { force: true });
    }
  }

  async #guard<T>(verb: "read" | "written" | "removed", action: (path: string) => Promise<T>): Promise<T> {
    const path = await this.#path();
    try {
      return await this.#deadline.run(() => action(path));
    } catch (error) {
      if (error instanceof OktaMcpError) throw error;
      throw new OktaMcpError("bad_config", `The token file ${path} cannot be ${verb} (${codeOf(error)}).`, {
        fix: "Make room or give the user who runs okta-mcp access to the folder, or set OKTA_MCP_TOKEN_STORE to `keychain` or `memory`.",
      });
    }
  }
}
