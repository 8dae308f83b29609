import { onTestFinished } from "vitest";
import { Program } from "./program.js";

/** A program that is closed when the test is over. */
export function testProgram(...parts: ConstructorParameters<typeof Program>): Program {
  const program = new Program(...parts);
  onTestFinished(() => program.close());
  return program;
}
