import { secretText } from "../config/app-files.js";
import type { Log } from "../log.js";

/** The shortest secret of an event hook. Nobody can guess one of this length that was made at random. */
const LEAST_CHARS = 24;
const READ_EVERY_MS = 30_000;

/** Reads a secret of an event hook; undefined, and a mistake, where it cannot be used. */
export function readHookSecret(
  path: string,
  serveFile: string,
  mistake: (problem: string) => void,
): string | undefined {
  const secret = secretText(path, serveFile, mistake)?.trim();
  if (secret === undefined) return undefined;
  if (secret.length >= LEAST_CHARS && /^[\x20-\x7e]+$/.test(secret)) return secret;
  mistake(
    `holds no secret that counts: it needs ${LEAST_CHARS} characters of ASCII at least, made at random (e.g. by openssl rand -hex 32).`,
  );
  return undefined;
}

export interface HookSecretsOptions {
  /** The paths as in serve.json. */
  files: readonly string[];
  serveFile: string;
  log: Pick<Log, "warn">;
  /** Epoch milliseconds. */
  now(): number;
}

/** The secrets of the event hook as of now. A file with a mistake leaves the secret that was there before. */
export class HookSecrets {
  readonly #options: HookSecretsOptions;
  readonly #known = new Map<string, string>();
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: HookSecretsOptions) {
    this.#options = options;
  }

  get current(): readonly string[] {
    const { files, serveFile, log, now } = this.#options;
    if (now() - this.#readAtMs >= READ_EVERY_MS) {
      this.#readAtMs = now();
      for (const file of files) {
        const secret = readHookSecret(file, serveFile, (problem) =>
          log.warn("a secret of the event hook cannot be read, and the one before stays", { problem }),
        );
        if (secret !== undefined) this.#known.set(file, secret);
      }
    }
    return [...this.#known.values()];
  }
}
