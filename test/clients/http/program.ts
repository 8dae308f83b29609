import assert from "node:assert/strict";
import { type Told, told } from "../peer.js";
import { type MemoryProvider, memoryProvider, type ProgramOptions } from "./memory-provider.js";
import type { Person } from "./plain-person.js";

/** One connection of a client of some SDK, before it is open. */
export interface SdkConnection {
  connect(): Promise<void>;
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<object>;
  /** Hands over what the browser brought back. */
  finishAuth(callback: URLSearchParams): Promise<void>;
  close(): Promise<void>;
}

/** An SDK, as a program uses it. */
export interface Sdk {
  open(url: URL, provider: MemoryProvider): SdkConnection;
  /** True for the error with which the SDK says that a person has to sign in. */
  asksToSignIn(error: unknown): boolean;
}

/** A program on a person's machine, made with some SDK. Where it has no right token, the person signs in. */
export class Program {
  readonly provider: MemoryProvider;
  readonly #sdk: Sdk;
  readonly #url: URL;
  readonly #person: Person;
  #connection: SdkConnection;

  constructor(sdk: Sdk, publicUrl: string, person: Person, options: ProgramOptions) {
    this.provider = memoryProvider(options);
    this.#sdk = sdk;
    this.#url = new URL(`${publicUrl}/mcp`);
    this.#person = person;
    this.#connection = sdk.open(this.#url, this.provider);
  }

  /** Does some work, and signs in and does it anew where the SDK says that a person has to sign in. */
  async #signedIn<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!this.#sdk.asksToSignIn(error)) throw error;
      const address = this.provider.opened.at(-1) ?? assert.fail("The SDK opened no browser.");
      const { searchParams } = await this.#person(address, this.provider.redirectUrl);
      assert.equal(searchParams.get("state"), this.provider.kept.state);
      assert.equal(searchParams.get("error_description"), null);
      await this.#connection.finishAuth(searchParams);
      return await work();
    }
  }

  async connect(): Promise<void> {
    await this.#signedIn(async () => {
      // A connection whose first message was refused is not used again.
      this.#connection = this.#sdk.open(this.#url, this.provider);
      await this.#connection.connect();
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async list(): Promise<string[]> {
    return (await this.#signedIn(() => this.#connection.listTools())).tools.map(({ name }) => name);
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<Told> {
    return told(await this.#signedIn(() => this.#connection.callTool({ name, arguments: args })));
  }
}
