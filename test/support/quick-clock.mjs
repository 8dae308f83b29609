// Loaded into a server before its own code: its clock starts at TEST_NOW_MS, and its waits take no
// time while the clock tells as if they had.
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";

const { setTimeout } = timers;
const { now } = Date;
let aheadMs = Number(process.env.TEST_NOW_MS) - now();

Date.now = () => now() + aheadMs;
timers.setTimeout = async (ms, value, options) => {
  const result = await setTimeout(1, value, options);
  aheadMs += ms;
  return result;
};
syncBuiltinESMExports();
