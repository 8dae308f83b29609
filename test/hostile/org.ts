import { onTestFinished } from "vitest";
import { type ConnectOptions, connect } from "../support/client.js";
import { seedHostile } from "../support/hostile-org.js";

export type JsonObject = { [key: string]: unknown };

/** Connects a client to an org in which every place for text holds hostile text. */
export async function connectToHostile(options: ConnectOptions = {}) {
  const connected = await connect(options);
  seedHostile(connected.org);
  return connected;
}

/** Fails the test if a built-in prototype has changed at its end. */
export function watchPrototypes(): void {
  const before = [Object.prototype, Array.prototype, Function.prototype].map((one) => Reflect.ownKeys(one).length);
  onTestFinished(() => {
    const after = [Object.prototype, Array.prototype, Function.prototype].map((one) => Reflect.ownKeys(one).length);
    if (after.join() !== before.join() || "polluted" in {}) throw new Error("A prototype was polluted.");
  });
}
