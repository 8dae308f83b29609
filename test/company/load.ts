import { setTimeout as delay } from "node:timers/promises";
import { Ledger } from "./ledger.js";
import { McpClient, type Told } from "./mcp-client.js";
import type { Fixture } from "./signed-in.js";

export interface LoadOptions {
  publicUrl: string;
  fixture: Fixture;
  /** Requests begun in each second, whatever becomes of those before. */
  perSecond: number;
  /** The part of them that make something: 0.3 by default. */
  writing?: number;
  /** Begins the names of what is made. */
  prefix: string;
}

/** Requests of signed-in people at a steady rate, until it is stopped. */
export class Load {
  readonly ledger: Ledger;
  readonly #options: LoadOptions;
  readonly #client: McpClient;
  readonly #running = new Set<Promise<void>>();
  #lastBadMs: number | undefined;
  #begun = 0;
  #isOver = false;
  #ended: Promise<void>;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.ledger = new Ledger(options.prefix);
    this.#client = new McpClient(`${options.publicUrl}/mcp`);
    this.#ended = this.#run();
  }

  /** The requests begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** The moment of the last request that was not answered as it should be (`performance.now`). */
  get lastBadMs(): number | undefined {
    return this.#lastBadMs;
  }

  get perSecond(): number {
    return this.#options.perSecond;
  }

  /** Resolves when the instances have answered at this rate for a while: their first calls load what they need. */
  async warm(): Promise<void> {
    await this.more(this.perSecond * 3);
    await Promise.all(this.#running);
  }

  /** Resolves when so many more requests have been begun. */
  async more(count: number): Promise<void> {
    const upTo = this.#begun + count;
    while (this.#begun < upTo) await delay(20);
  }

  /** Resolves when so many requests in a row have been answered as they should be. @throws Error after `withinMs` */
  async calm(count: number, withinMs: number): Promise<void> {
    const startedAtMs = performance.now();
    for (;;) {
      const [begun, last] = [this.#begun, this.#lastBadMs];
      await this.more(count);
      await Promise.all(this.#running);
      if (this.#lastBadMs === last && this.#begun >= begun + count) return;
      if (performance.now() - startedAtMs > withinMs) throw new Error(`Requests still fail after ${withinMs} ms.`);
    }
  }

  /** Begins no more, and resolves when all are answered. */
  async stop(): Promise<Ledger> {
    this.#isOver = true;
    await this.#ended;
    await Promise.all(this.#running);
    this.#client.close();
    return this.ledger;
  }

  async #run(): Promise<void> {
    const { perSecond } = this.#options;
    const startedAtMs = performance.now();
    while (!this.#isOver) {
      const due = Math.floor(((performance.now() - startedAtMs) / 1000) * perSecond);
      while (this.#begun < due && !this.#isOver) this.#begin();
      await delay(Math.min(20, 1000 / perSecond));
    }
  }

  #begin(): void {
    const { fixture, writing = 0.3 } = this.#options;
    const number = this.#begun;
    this.#begun += 1;
    const { token } = fixture[number % fixture.length] ?? { token: "" };
    // Spread evenly, so that each run has the same mix.
    const isWrite = Math.floor((number + 1) * writing) > Math.floor(number * writing);
    const one = (isWrite ? this.#write(token) : this.#read(token, number)).then((told) => {
      if (told.end === "done") return;
      this.#lastBadMs = performance.now();
    });
    this.#running.add(one);
    void one.finally(() => this.#running.delete(one));
  }

  async #write(token: string): Promise<Told> {
    const name = this.ledger.name();
    const told = await this.#client.call(token, "create_group", { profile: { name } });
    this.ledger.made(name, told);
    return told;
  }

  async #read(token: string, number: number): Promise<Told> {
    const told =
      number % 5 === 0
        ? await this.#client.ask(token, "tools/list")
        : await this.#client.call(token, "list_groups", { limit: 5 });
    this.ledger.read(told);
    return told;
  }
}
