import { pathToFileURL } from "node:url";

/** The names that a file of a package exports in Node.js. */
export async function namesOf(file: string): Promise<string[]> {
  const names = Object.keys(await import(pathToFileURL(file).href));
  // Later versions of Node.js also name `module.exports`, which is no name that code can ask for.
  return names.filter((name) => /^[\w$]+$/.test(name));
}
