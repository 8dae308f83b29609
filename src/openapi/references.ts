import { isObject, type Json } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import { below, DocumentFault, stepsOf } from "./document-fault.js";
import { fileBehind } from "./document-files.js";
import type { DocumentPlace, Located } from "./document-place.js";

/** The most references in a row that lead to another reference. */
const MAX_STEPS = 50;

/** What schemas of JSON Schema name inside a document: by the address of `$id`, and by anchor. */
interface Names {
  ids: Map<string, DocumentPlace>;
  /** By the place of the resource (`file#pointer`) and the anchor's name. */
  anchors: Map<string, DocumentPlace>;
}

/** An address that no document has, for addresses relative to a file of the document. */
const BASE = "document:///";

/** Where the references of a document lead. It follows those of OpenAPI and those of JSON Schema (`$id`, `$anchor`). */
export class References {
  readonly #files: ReadonlyMap<string, Json>;
  readonly #missing: ReadonlyMap<string, string>;
  #names: Names | undefined;

  /**
   * @param files the files of the document, by key
   * @param missing files that could not be read, by key, each with the reason
   */
  constructor(files: ReadonlyMap<string, Json>, missing: ReadonlyMap<string, string> = new Map()) {
    this.#files = files;
    this.#missing = missing;
  }

  /** A member of what is at a place; undefined where there is none. */
  member({ file, pointer, value }: Located, key: string | number): Located | undefined {
    const holder = value as { [key: string]: Json } | Json[] | null;
    if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, key)) return undefined;
    return { file, pointer: below(pointer, key), value: (holder as { [key: string]: Json })[key] as Json };
  }

  /**
   * What stands at a place, or where its `$ref` leads at last.
   * @throws DocumentFault where a reference leads nowhere or to itself
   */
  follow(from: Located): Located {
    let at = from;
    for (let steps = 0; isObject(at.value) && typeof at.value.$ref === "string"; steps += 1) {
      if (steps === MAX_STEPS) throw new DocumentFault(from, "the references lead in a circle, or too far.");
      at = this.target(at.value.$ref, at);
    }
    return at;
  }

  /**
   * Where a reference leads, a single step.
   * @param from the object that holds the reference
   * @throws DocumentFault where it leads nowhere
   */
  target(reference: string, from: DocumentPlace): Located {
    const [address = "", fragment = ""] = splitOnce(reference, "#");
    for (const root of this.#roots(address, from)) {
      const found = this.#inside(root, fragment);
      if (found !== undefined) return found;
    }
    const why = this.#missing.get(fileBehind(address, from.file) ?? "");
    throw new DocumentFault(
      from,
      why === undefined
        ? `the reference ${quoteOkta(reference)} leads nowhere.`
        : `the reference ${quoteOkta(reference)} cannot be followed: ${why}`,
    );
  }

  /** What an address without its fragment may mean, the most probable first. */
  #roots(address: string, from: DocumentPlace): DocumentPlace[] {
    const found: DocumentPlace[] = [];
    const { base, root } = this.#baseOf(from);
    if (root !== undefined) {
      if (address === "") found.push(root);
      else {
        const named = this.#named().ids.get(absolute(address, base));
        if (named !== undefined) found.push(named);
      }
    } else if (address !== "") {
      const named = this.#named().ids.get(absolute(address, base));
      if (named !== undefined) found.push(named);
    }
    // Many documents give schemas an `$id` and mean the file all the same.
    const file = fileBehind(address, from.file);
    if (file !== undefined && this.#files.has(file)) found.push({ file, pointer: "" });
    return found;
  }

  /** The address that references at a place are relative to, and the schema that sets it (`$id`), if one does. */
  #baseOf({ file, pointer }: DocumentPlace): { base: string; root: DocumentPlace | undefined } {
    let base = BASE + encodeURI(file);
    let root: DocumentPlace | undefined;
    let value: Json | undefined = this.#files.get(file);
    let at = "";
    for (const step of ["", ...stepsOf(pointer)]) {
      if (at !== "" || step !== "") {
        at = below(at, step);
        value = memberOf(value, step);
      }
      if (isObject(value) && typeof value.$id === "string" && isSchemaId(value)) {
        base = absolute(value.$id, base);
        root = { file, pointer: at };
      }
    }
    return { base, root };
  }

  #inside(root: DocumentPlace, fragment: string): Located | undefined {
    if (fragment !== "" && !fragment.startsWith("/")) {
      const place = this.#named().anchors.get(`${root.file}#${root.pointer}#${fragment}`);
      return place === undefined ? undefined : this.#at(place);
    }
    return this.#at({ file: root.file, pointer: root.pointer + decoded(fragment) });
  }

  #at({ file, pointer }: DocumentPlace): Located | undefined {
    const value = stepsOf(pointer).reduce<Json | undefined>(memberOf, this.#files.get(file));
    return value === undefined ? undefined : { file, pointer, value };
  }

  #named(): Names {
    this.#names ??= namesIn(this.#files);
    return this.#names;
  }
}

/** `$id` in data, as in an example, is no address; in a schema it stands with a keyword. */
function isSchemaId(value: { [key: string]: Json }): boolean {
  return ["type", "$ref", "properties", "allOf", "anyOf", "oneOf", "enum", "const", "$defs", "items", "$schema"].some(
    (keyword) => Object.hasOwn(value, keyword),
  );
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as { [key: string]: Json })[key];
}

function namesIn(files: ReadonlyMap<string, Json>): Names {
  const names: Names = { ids: new Map(), anchors: new Map() };
  const walk = (value: Json, place: DocumentPlace, base: string, root: DocumentPlace): void => {
    if (typeof value !== "object" || value === null) return;
    let [innerBase, innerRoot] = [base, root];
    if (isObject(value)) {
      if (typeof value.$id === "string" && isSchemaId(value)) {
        innerBase = absolute(value.$id, base);
        innerRoot = place;
        names.ids.set(innerBase.replace(/#$/, ""), place);
      }
      for (const keyword of ["$anchor", "$dynamicAnchor"]) {
        const anchor = value[keyword];
        if (typeof anchor === "string") names.anchors.set(`${innerRoot.file}#${innerRoot.pointer}#${anchor}`, place);
      }
    }
    for (const [key, inner] of Object.entries(value)) {
      walk(inner, { file: place.file, pointer: below(place.pointer, key) }, innerBase, innerRoot);
    }
  };
  for (const [file, content] of files) {
    const place = { file, pointer: "" };
    walk(content, place, BASE + encodeURI(file), place);
  }
  return names;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function absolute(address: string, base: string): string {
  try {
    return new URL(address, base).href;
  } catch {
    return address;
  }
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
