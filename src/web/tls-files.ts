import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Log } from "../log.js";

/** A certificate chain and its key, in PEM. */
interface KeyPair {
  cert: Buffer;
  key: Buffer;
}

/** Something that takes a new certificate without ending its connections, as an HTTPS server does. */
interface TakesKeyPair {
  setSecureContext(pair: KeyPair): void;
}

const LOOK_AGAIN_MS = 5_000;

/** The certificate of a server in two files, and what replaces it while the server runs. */
export class TlsFiles {
  readonly #certFile: string;
  readonly #keyFile: string;
  readonly #log: Log;
  #stop = () => {};

  constructor(files: { certFile: string; keyFile: string }, log: Log) {
    this.#certFile = files.certFile;
    this.#keyFile = files.keyFile;
    this.#log = log;
  }

  /** Reads the files. @throws errors of the file system and of OpenSSL, and one where the two do not belong together */
  read(): KeyPair {
    const pair = { cert: readFileSync(this.#certFile), key: readFileSync(this.#keyFile) };
    createSecureContext(pair);
    // OpenSSL takes a key of another kind without a word, and every handshake would fail.
    if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key))) {
      throw new Error("The key is not that of the certificate.");
    }
    return pair;
  }

  /**
   * Gives a server what the files hold now. Where they cannot be used, as between the writes of the one and the other,
   * the server keeps what it has. Running connections stay.
   */
  renew(server: TakesKeyPair): void {
    try {
      server.setSecureContext(this.read());
      this.#log.info("the certificate was read anew", { file: this.#certFile });
    } catch (error) {
      this.#log.error("the certificate cannot be used; the one before stays", { file: this.#certFile, error });
    }
  }

  /** Looks after the files, and gives a server each new certificate. */
  follow(server: TakesKeyPair, everyMs = LOOK_AGAIN_MS): void {
    const renew = () => this.renew(server);
    const files = [this.#certFile, this.#keyFile];
    // Looking at the files' state works with links that are replaced too, as Kubernetes does with secrets.
    for (const file of files) watchFile(file, { interval: everyMs, persistent: false }, renew);
    this.#stop = () => {
      for (const file of files) unwatchFile(file, renew);
    };
  }

  /** Looks after them no longer. */
  close(): void {
    this.#stop();
  }
}
