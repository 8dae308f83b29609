import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { png } from "../../test/support/images.js";

/** The folder of the examples' files, as the documentation names it. */
const FOLDER = "/home/ada/acme";

export const FILES = {
  logo: `${FOLDER}/logo.png`,
  favicon: `${FOLDER}/favicon.png`,
  background: `${FOLDER}/plant.png`,
  key: `${FOLDER}/login.key`,
};

const certificates = new URL("../../test/fixtures/certificates/", import.meta.url);
const pem = (name: string) => readFileSync(new URL(name, certificates), "utf8");

/** A certificate of the pretend company, and its issuer's. */
export const CERTIFICATE = { leaf: pem("leaf.pem"), chain: pem("intermediate.pem") };

/** The examples' files, in a folder of this machine. */
export interface ExampleFiles {
  /** The folder there is, in which tools may read. */
  folder: string;
  /** A text with the paths of this machine in place of the documentation's. */
  toReal(text: string): string;
  /** The opposite. */
  toShown(text: string): string;
  remove(): void;
}

/** Writes the files. */
export function writeExampleFiles(): ExampleFiles {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-docs-"));
  const image = png(64);
  const contents = {
    [FILES.logo]: image,
    [FILES.favicon]: image,
    [FILES.background]: image,
    [FILES.key]: pem("leaf.key"),
  };
  for (const [path, content] of Object.entries(contents)) writeFileSync(path.replace(FOLDER, folder), content);
  return {
    folder,
    toReal: (text) => text.replaceAll(FOLDER, folder),
    toShown: (text) => text.replaceAll(folder, FOLDER),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
