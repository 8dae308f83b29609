import { basename } from "node:path";
import { nearest } from "../text/nearest.js";
import { visible } from "../text/quote.js";
import { filePath } from "./file-path.js";
import { mediaTypeOf } from "./media-types.js";
import { type ResourceFile, ResourceFiles, unreadableFile } from "./resource-files.js";
import type { ResourceEntry } from "./resources-schema.js";
import { haveCommonUri, uriTemplate } from "./uri-template.js";

export interface ResourcesPlace {
  /** The path of the settings file, from whose folder relative paths begin. */
  settingsFile: string;
  /** The names of the roles that there are; undefined where there are none, or they are not known for a mistake. */
  roles?: ReadonlySet<string> | undefined;
}

/** Receives a mistake at a place below the member `resources`, as the rest of a sentence. */
type Mistake = (path: (string | number)[], message: string) => void;

/**
 * Makes the texts of the settings ready to be read. Every file is looked at once, so that a mistake shows at the start.
 * @param entries as `resourcesSchema` or `rolesResourcesSchema` has checked them
 * @returns the texts without a mistake
 */
export function loadResources(
  entries: readonly ResourceEntry[],
  { settingsFile, roles }: ResourcesPlace,
  mistake: Mistake,
): ResourceFiles {
  const addresses = entries.map(({ uri, template }) => uri ?? template ?? "");
  const files = entries.flatMap((entry, index): ResourceFile[] => {
    const address = addresses[index] ?? "";
    const earlier = addresses.slice(0, index).find((other) => haveCommonUri(other, address));
    if (earlier !== undefined) {
      const why = earlier === address ? "is there twice" : `has URIs that ${visible(earlier)} has too`;
      mistake([index, entry.uri === undefined ? "template" : "uri"], `${why}: each URI needs one text`);
    }
    for (const [at, role] of (entry.roles ?? []).entries()) {
      if (roles === undefined || roles.has(role)) continue;
      const meant = nearest(role, roles);
      mistake([index, "roles", at], `is the name of no role${meant === undefined ? "" : `; did you mean ${meant}?`}`);
    }
    const read = resourceFile(entry, settingsFile);
    if (!("problem" in read)) return [read];
    mistake([index, "file"], read.problem);
    return [];
  });
  return new ResourceFiles(files);
}

function resourceFile(entry: ResourceEntry, settingsFile: string): ResourceFile | { problem: string } {
  const { uri, template: text, file, name, title, description, mime_type: given, roles } = entry;
  const template = text === undefined ? undefined : uriTemplate(text);
  if (template !== undefined && "problem" in template) return template;
  const path = filePath(file, settingsFile, template?.variables ?? []);
  if ("problem" in path) return path;
  const mimeType = given ?? mediaTypeOf(file);
  const shown = {
    name: name ?? basename(file),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    mimeType,
  };
  const card = template === undefined ? { uri: uri ?? "", ...shown } : { uriTemplate: template.text, ...shown };
  const made = { card, template, path };
  const problem = unreadableFile(made);
  return problem === undefined ? { ...made, roles: roles && new Set(roles) } : { problem };
}
