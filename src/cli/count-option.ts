import { InvalidArgumentError } from "commander";

/** Reads the value of an option that is a number of things. */
export function countOption(text: string): number {
  const count = Number(text);
  if (/^\d{1,9}$/.test(text) && count > 0) return count;
  throw new InvalidArgumentError("Give a whole number from 1 on.");
}
