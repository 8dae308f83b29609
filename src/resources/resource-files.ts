import { readFileSync, statSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { readAllowedFile } from "../files/allowed-file.js";
import { Deadline, FILE_STEP_LIMIT_MS } from "../files/deadline.js";
import { whyUnreadable } from "../files/unreadable.js";
import { visible } from "../text/quote.js";
import { type FilePath, filledPath } from "./file-path.js";
import { filledText } from "./filled-text.js";
import type { ResourceCard, ResourceTemplateCard, ResourceText } from "./resource-source.js";
import type { UriTemplate } from "./uri-template.js";

/** The most bytes of a file. */
export const MAX_FILE_BYTES = 256 * 1024;

/** A resource, or a template of some, as the settings have it and its file was found. */
export interface ResourceFile {
  /** What is listed of it. */
  card: (ResourceCard | ResourceTemplateCard) & { mimeType: string };
  /** Undefined where it has one URI. */
  template: UriTemplate | undefined;
  path: FilePath;
  /** The names of the roles that may read it; undefined where there is one person. */
  roles: ReadonlySet<string> | undefined;
}

/** A file that is named by the settings and cannot be read now, so that whoever wrote them is told. */
export class UnreadableResource extends Error {
  override readonly name = "UnreadableResource";
}

/** The text of bytes that are UTF-8; undefined for all others. The byte order mark is removed. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Looks whether a resource can be read, as far as that shows without the values of variables.
 * @returns what keeps it from that, as the rest of a sentence that begins with its file
 */
export function unreadableFile({
  path,
  template,
  card: { mimeType },
}: Omit<ResourceFile, "roles">): string | undefined {
  const place = "file" in path ? path.file : path.folder;
  const shown = visible(place);
  try {
    const stat = statSync(place);
    if ("folder" in path) return stat.isDirectory() ? undefined : `has its variable below ${shown}, which is no folder`;
    if (!stat.isFile()) return `is no plain file: ${shown}`;
    if (stat.size > MAX_FILE_BYTES) return `is larger than ${MAX_FILE_BYTES / 1024} KiB: ${shown}`;
    const text = utf8(readFileSync(place));
    if (text === undefined) return `is not UTF-8: ${shown}`;
    const filled = filledText(text, new Map(template?.variables.map((name) => [name, "x"])), mimeType);
    return "problem" in filled ? `${filled.problem}: ${shown}` : undefined;
  } catch (error) {
    return `cannot be read: ${shown}: ${whyUnreadable((error as NodeJS.ErrnoException).code ?? "")}`;
  }
}

/** The texts that the settings offer. Each is read from its file when it is asked for, so that a change counts at once. */
export class ResourceFiles {
  readonly #files: readonly ResourceFile[];
  readonly #deadline: Deadline;

  constructor(files: readonly ResourceFile[], deadline = new Deadline(FILE_STEP_LIMIT_MS)) {
    this.#files = files;
    this.#deadline = deadline;
  }

  /** The texts for somebody with one of these roles. @param roles undefined where there is one person */
  for(roles: ReadonlySet<string> | undefined): ResourceFiles {
    if (roles === undefined) return this;
    const own = this.#files.filter(
      (file) => file.roles === undefined || [...file.roles].some((role) => roles.has(role)),
    );
    return new ResourceFiles(own, this.#deadline);
  }

  list(): ResourceCard[] {
    return this.#files.flatMap(({ card }) => ("uri" in card ? [card] : []));
  }

  templates(): ResourceTemplateCard[] {
    return this.#files.flatMap(({ card }) => ("uri" in card ? [] : [card]));
  }

  /**
   * Reads the text of a URI.
   * @returns undefined where there is none
   * @throws UnreadableResource for a file that is named, or was found, and cannot be used
   */
  async read(uri: string): Promise<ResourceText | undefined> {
    for (const file of this.#files) {
      const values = valuesIn(file, uri);
      if (values !== undefined) return this.#text(uri, file, values);
    }
    return undefined;
  }

  async #text(
    uri: string,
    { path, card: { mimeType } }: ResourceFile,
    values: ReadonlyMap<string, string>,
  ): Promise<ResourceText | undefined> {
    const bytes = await ("file" in path ? this.#named(path.file) : this.#found(path, values));
    if (bytes === undefined) return undefined;
    const text = utf8(bytes);
    const filled = text === undefined ? { problem: "is not UTF-8" } : filledText(text, values, mimeType);
    if ("problem" in filled) throw new UnreadableResource(`${placeOf(path)} ${filled.problem}.`);
    return { uri, mimeType, text: filled.text };
  }

  /** The bytes of a file that the settings name. Where a link leads is up to whoever named it. */
  async #named(file: string): Promise<Uint8Array> {
    try {
      const real = await this.#deadline.run(() => realpath(file));
      return await this.#bytes(real, dirname(real));
    } catch (error) {
      const why = whyUnreadable((error as NodeJS.ErrnoException).code ?? "");
      throw new UnreadableResource(`The file ${visible(file)} cannot be read: ${why}.`, { cause: error });
    }
  }

  /** The bytes of a file that a URI has chosen; undefined where there is none inside the folder. */
  async #found(
    { folder, rest }: Extract<FilePath, { folder: string }>,
    values: ReadonlyMap<string, string>,
  ): Promise<Uint8Array | undefined> {
    const path = filledPath(rest, values);
    // Nothing tells a file that is not there from one outside.
    return path === undefined ? undefined : this.#bytes(path, folder).catch(() => undefined);
  }

  async #bytes(path: string, folder: string): Promise<Uint8Array> {
    const limits = { roots: [folder], maxBytes: MAX_FILE_BYTES, deadline: this.#deadline };
    return (await readAllowedFile(path, limits)).data;
  }
}

/** Where a text is, without the values that a client has chosen. */
function placeOf(path: FilePath): string {
  return "file" in path ? `The file ${visible(path.file)}` : `A file below ${visible(path.folder)}`;
}

/** The values of a resource's variables in a URI; undefined where the URI is none of its. */
function valuesIn({ template, card }: ResourceFile, uri: string): ReadonlyMap<string, string> | undefined {
  if (template !== undefined) return template.match(uri);
  return "uri" in card && card.uri === uri ? new Map() : undefined;
}

/** No texts besides our own. */
export const NO_FILES = new ResourceFiles([]);
