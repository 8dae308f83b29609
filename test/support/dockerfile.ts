/** An instruction of a Dockerfile. Continued lines are joined. */
export interface Instruction {
  name: string;
  value: string;
}

/**
 * Returns the instructions of a Dockerfile by stage.
 * @throws Error for a line that is no instruction, no comment and not empty
 */
export function stagesOf(text: string): Instruction[][] {
  const stages: Instruction[][] = [];
  for (const line of text.replace(/\\\n\s*/g, "").split("\n")) {
    const [, name = "", value = ""] = /^\s*([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === "FROM") stages.push([]);
    if (name !== "") stages.at(-1)?.push({ name, value });
    else if (!/^\s*(#.*)?$/.test(line)) throw new Error(`Dockerfile: ${line}`);
  }
  return stages;
}

/** Returns what the instructions of one name say. */
export const valuesOf = (instructions: readonly Instruction[], name: string): string[] =>
  instructions.filter((one) => one.name === name).map(({ value }) => value);

/** Returns what is copied from the checkout, and not from another stage. */
export const sourcesOf = (instructions: readonly Instruction[]): string[] =>
  valuesOf(instructions, "COPY")
    .filter((copy) => !copy.startsWith("--from"))
    .flatMap((copy) => copy.split(/\s+/).slice(0, -1));
