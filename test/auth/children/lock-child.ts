/** A process that takes the lock `one` in the folder of its first argument, and releases it when its input ends. */
import { once } from "node:events";
import { Locks } from "../../../src/auth/lock.js";

const release = await new Locks().take(process.argv[2] ?? "", "one");
console.log("taken");
process.stdin.resume();
await once(process.stdin, "end");
await release();
