import { onTestFinished } from "vitest";
import { type ConnectOptions, connect } from "../support/client.js";
import { seedHostile } from "../support/hostile-org.js";

export type JsonObject = { [key: string]: unknown };

/** A client of an org in which an attacker has typed wherever one can. */
export async function connectToHostile(options: ConnectOptions = {}) {
  const connected = await connect(options);
  seedHostile(connected.org);
  return connected;
}

/** Fails the test where something in it changed what every object has. */
export function watchPrototypes(): void {
  const before = [Object.prototype, Array.prototype, Function.prototype].map((one) => Reflect.ownKeys(one).length);
  onTestFinished(() => {
    const after = [Object.prototype, Array.prototype, Function.prototype].map((one) => Reflect.ownKeys(one).length);
    if (after.join() !== before.join() || "polluted" in {}) throw new Error("A prototype was polluted.");
  });
}
