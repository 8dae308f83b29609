import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** Runs the base "fetch" in a process of its own, which does one job after the other. All times are in milliseconds. */
export class FetchBase {
  readonly #child: ChildProcess;

  constructor(script: string) {
    this.#child = fork(script, { stdio: "ignore" });
  }

  async ready(): Promise<void> {
    await once(this.#child, "message");
  }

  async #run(job: object): Promise<unknown> {
    const answered = once(this.#child, "message");
    this.#child.send(job);
    return (await answered)[0];
  }

  async sequence(url: string, count: number): Promise<number[]> {
    return (await this.#run({ job: "sequence", url, count })) as number[];
  }

  async parallel(url: string, count: number, width: number): Promise<number> {
    return (await this.#run({ job: "parallel", url, count, width })) as number;
  }

  async walk(url: string): Promise<{ ms: number; items: number }> {
    return (await this.#run({ job: "walk", url })) as { ms: number; items: number };
  }

  end(): void {
    this.#child.kill();
  }
}
