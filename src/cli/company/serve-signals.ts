/** The signals by which a server is stopped. A second one ends the process at once, as it does by itself. */
const STOPPING = ["SIGINT", "SIGTERM"] as const;

/** The signals of a server's process: those that stop it, and the one after which it reads its settings anew. */
export class ServeSignals {
  /** Resolves with the first signal that stops the server. */
  readonly stop: Promise<NodeJS.Signals>;
  /** Called for each SIGHUP. */
  onReload: () => void = () => {};
  readonly #reload = () => this.onReload();

  constructor() {
    this.stop = new Promise((resolve) => {
      const stop = (signal: NodeJS.Signals) => {
        for (const name of STOPPING) process.off(name, stop);
        resolve(signal);
      };
      for (const name of STOPPING) process.on(name, stop);
    });
    process.on("SIGHUP", this.#reload);
  }

  /** Lets SIGHUP have its usual effect again. */
  close(): void {
    process.off("SIGHUP", this.#reload);
  }
}
