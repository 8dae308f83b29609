import { setTimeout } from "node:timers/promises";

/**
 * Waits `ms` milliseconds. Rejects when `signal` aborts, whatever the reason; who waits tells the
 * reason from the signal.
 */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** `Sleep` in real time. */
export const sleep: Sleep = (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal });
