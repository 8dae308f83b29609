import { resolve } from "node:path";
import type { Choosable } from "../catalogue/choice.js";
import { OktaMcpError } from "../errors/index.js";
import { parseStrictJson, readHandwritten } from "../files/strict-json.js";
import { loadResources } from "../resources/load-resources.js";
import { NO_FILES, type ResourceFiles } from "../resources/resource-files.js";
import { visible } from "../text/quote.js";
import { readHookSecret } from "./hook-secrets.js";
import { loadRoles } from "./load-roles.js";
import { readPostgres } from "./read-postgres.js";
import type { Role } from "./roles.js";
import { readServeApps, type ServeApps } from "./serve-apps.js";
import type { ServeFile } from "./serve-fields.js";
import { type CheckParts, serveFileSchema } from "./serve-schema.js";

/** The settings of a company's server, with what the files say that they name. */
export interface LoadedServe {
  content: ServeFile;
  /** The absolute path of serve.json. */
  file: string;
  roles: readonly Role[];
  /** The apps in Okta besides those of roles. */
  apps: ServeApps;
  /** The texts that people may read, by their roles. */
  resources: ResourceFiles;
  /** Sentences for whoever runs the server. None of them stops anything. */
  notices: readonly string[];
}

/** What a file is held against besides its schema. */
export interface ServeChecks {
  /** The tools that exist. A pattern that names none of them is a mistake. */
  tools: readonly Choosable[];
  /**
   * Those of the company's APIs, which are known once their documents were read. Without them no pattern is looked at
   * where the file has APIs.
   */
  apiTools?: readonly Choosable[] | undefined;
  /** Rules of rooms above this one. */
  further?: CheckParts;
}

const KIND = "file with the settings of okta-mcp serve";

/**
 * Reads serve.json and every file that it names.
 * @returns the settings, or every mistake in a sentence that tells its place and what to do
 */
export function loadServe(file: string, checks: ServeChecks): LoadedServe | { problems: string[] } {
  const read = readHandwritten(file, KIND);
  if ("problem" in read) return { problems: [read.problem] };
  const loaded = checkServe(read.text, read.path, checks);
  if ("problems" in loaded || !read.isOpen) return loaded;
  const shown = visible(read.path);
  const notice = `${shown} can be changed by other users of this machine; run: chmod go-w ${shown}`;
  return { ...loaded, notices: [...loaded.notices, notice] };
}

/** As `loadServe`, for the text of a file that may not be there. @param file the path from which others begin */
export function checkServe(
  text: string,
  file: string,
  { tools, apiTools, further }: ServeChecks,
): LoadedServe | { problems: string[] } {
  const path = resolve(file);
  const inFiles: string[] = [];
  let apps: ServeApps = { okta: undefined, tokens: undefined, directory: undefined };
  let roles: readonly Role[] = [];
  let resources: ResourceFiles = NO_FILES;
  const notices: string[] = [];
  const checkFiles: CheckParts = (parts, add) => {
    further?.(parts, add);
    apps = readServeApps(parts.members, path, add);
    const { store } = parts.members;
    if (store !== undefined) readPostgres(store, path, (member, problem) => add(["store", member], problem));
    for (const [index, secret] of (parts.members.leaving?.event_hook_secret_files ?? []).entries()) {
      readHookSecret(secret, path, (problem) => add(["leaving", "event_hook_secret_files", index], problem));
    }
    const names = parts.faulty.has("roles") ? undefined : new Set(parts.roles.map(({ role }) => role.name));
    resources = loadResources(parts.members.resources ?? [], { settingsFile: path, roles: names }, (at, problem) =>
      add(["resources", ...at], problem),
    );
    const hasApis = parts.faulty.has("apis") || Object.keys(parts.members.apis ?? {}).length > 0;
    const known = hasApis ? apiTools && [...tools, ...apiTools] : tools;
    const loaded = loadRoles(
      parts.roles.map(({ role }) => role),
      path,
      known,
    );
    if ("problems" in loaded) inFiles.push(...loaded.problems);
    else {
      roles = loaded.roles;
      notices.push(...loaded.notices);
    }
  };
  const parsed = parseStrictJson(text, () => serveFileSchema(checkFiles));
  const problems = [...("problems" in parsed ? parsed.problems : []), ...inFiles];
  if ("problems" in parsed || problems.length > 0) return { problems };
  return { content: parsed.content, file: path, roles, apps, resources, notices };
}

/** One error for all mistakes of serve.json. */
export function serveFileError(file: string, problems: readonly string[]): OktaMcpError {
  const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  const list = problems.map((problem) => `  - ${problem}`).join("\n");
  return new OktaMcpError("bad_config", `${visible(file)} has ${count}:\n${list}`, {
    fix: problems.length === 1 ? "Correct it and start again." : "Correct them and start again.",
  });
}
