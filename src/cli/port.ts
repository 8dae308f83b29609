import { InvalidArgumentError } from "commander";
import { usageError } from "./failure.js";

/** Reads the value of `--port`. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("Give a number from 0 to 65535; 0 takes any free port.");
}

/** The error of a port on which this process cannot listen; any other error as it is. */
export function portError(
  port: number,
  error: NodeJS.ErrnoException,
  fix = "Choose another --port, or leave it out.",
): Error {
  if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return error;
  return usageError(`Port ${port} cannot be used (${error.code}).`, fix);
}
