// This file is loaded before the server's own code. It starts the server's clock at TEST_NOW_MS. Waits take no time,
// but the clock advances by their length.
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
