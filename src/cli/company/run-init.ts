import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseOrgUrl } from "../../config/org-url.js";
import { OktaMcpError } from "../../errors/index.js";
import { writeNewPrivateFile } from "../../files/private-file.js";
import { parseStrictJson } from "../../files/strict-json.js";
import {
  FIRST_ROLES,
  type FirstAnswers,
  type FirstRole,
  type FirstSettings,
  firstSettings,
  isRoleName,
} from "../../operator/first-settings.js";
import { serveFileSchema } from "../../people/serve-schema.js";
import { visible } from "../../text/quote.js";
import { usageError } from "../failure.js";
import type { Io } from "../io.js";
import { quoted } from "../words.js";
import { type Ask, withQuestions } from "./questions.js";

const HELP = "See okta-mcp serve init --help.";

/** The options of `okta-mcp serve init`. */
export interface InitFlags {
  dir: string;
  orgUrl?: string;
  publicUrl?: string;
  clientId?: string;
  role?: string[];
  service?: string[];
}

/**
 * Writes the first settings of a company's server.
 * @returns the exit code: 0
 * @throws OktaMcpError bad_input, bad_config
 */
export async function runServeInit(io: Io, flags: InitFlags): Promise<number> {
  const dir = resolve(flags.dir);
  refuseToOverwrite(dir, "serve.json");
  const answers = await answersFrom(io, flags);
  if (answers === undefined) return 1;
  const settings = firstSettings(answers);
  refuseMistakes(settings);
  for (const { path } of settings.files) refuseToOverwrite(dir, path);
  for (const { path, text } of settings.files) {
    await mkdir(dirname(join(dir, path)), { recursive: true, mode: 0o700 });
    await writeNewPrivateFile(join(dir, path), text);
  }
  tell(io, dir, settings);
  return 0;
}

function refuseToOverwrite(dir: string, path: string): void {
  if (!existsSync(join(dir, path))) return;
  throw new OktaMcpError("bad_config", `${visible(join(dir, path))} is there already. Nothing was written.`, {
    fix: "Choose another --dir, or move the file away. Keys and settings are never overwritten.",
  });
}

/** Finds mistakes in the answers before anything is written. */
function refuseMistakes({ files }: FirstSettings): void {
  const text = files.find(({ path }) => path === "serve.json")?.text ?? "";
  const parsed = parseStrictJson(text, () => serveFileSchema());
  if ("problems" in parsed) throw usageError(`The answers do not do: ${parsed.problems.join(" ")}`, "Correct them.");
}

async function answersFrom(io: Io, flags: InitFlags): Promise<FirstAnswers | undefined> {
  const { orgUrl, publicUrl, clientId, role: roles = [], service: services = [] } = flags;
  const apps = new Map(services.map((text) => pairOf(text, "--service")));
  if (orgUrl !== undefined && publicUrl !== undefined && clientId !== undefined && roles.length > 0) {
    return answersOf(
      { orgUrl, publicUrl, clientId },
      roles.map((text) => roleOf(text, apps)),
      apps,
    );
  }
  if (!io.interactive) {
    throw usageError(
      "Without a terminal, --org-url, --public-url, --client-id and at least one --role have to be given.",
      HELP,
    );
  }
  return withQuestions(io, async (ask) => {
    const given = {
      orgUrl: orgUrl ?? (await ask("The address of your org, e.g. https://acme.okta.com:")),
      publicUrl:
        publicUrl ?? (await ask("The address at which clients will reach this server, e.g. https://mcp.acme.com:")),
      clientId: clientId ?? (await askClientId(io, ask)),
    };
    const chosen = roles.length > 0 ? roles.map((text) => roleOf(text, apps)) : await askRoles(io, ask, apps);
    return answersOf(given, chosen, apps);
  });
}

function askClientId(io: Io, ask: Ask): Promise<string> {
  io.note("In the Admin Console: Applications > Create App Integration > OIDC - OpenID Connect > Web Application.");
  return ask("Its client id:");
}

async function askRoles(io: Io, ask: Ask, apps: ReadonlyMap<string, string>): Promise<FirstRole[]> {
  io.note(
    "Each role belongs to groups, by their ids: the id stands in the address of a group's page in the Admin Console.",
  );
  const roles: FirstRole[] = [];
  for (const [name, { words }] of Object.entries(FIRST_ROLES)) {
    const groups = await ask(`Groups of the role ${name}, which ${words} (empty for none):`, { mayBeEmpty: true });
    if (groups !== "") roles.push(roleOf(`${name}=${groups}`, apps));
  }
  if (roles.length === 0) throw usageError("No role has a group, so nobody could do anything.", "Give one a group.");
  return roles;
}

function answersOf(
  { orgUrl, publicUrl, clientId }: Pick<FirstAnswers, "orgUrl" | "publicUrl" | "clientId">,
  roles: readonly FirstRole[],
  apps: ReadonlyMap<string, string>,
): FirstAnswers {
  const names = roles.map(({ name }) => name);
  if (new Set(names).size < names.length) throw usageError("A role is given twice.", "Put its groups together.");
  const without = [...apps.keys()].find((name) => !names.some((one) => one === name));
  if (without !== undefined) throw usageError(`--service names ${visible(without)}, which is no --role.`, HELP);
  const org = parseOrgUrl(orgUrl);
  if ("problem" in org) throw usageError(`The address of the org ${org.problem}`, "Correct it.");
  const whole = publicUrl.includes("://") ? publicUrl : `https://${publicUrl}`;
  return { orgUrl: org.origin, publicUrl: whole.replace(/\/$/, ""), clientId, roles };
}

function pairOf(text: string, option: string): [string, string] {
  const [name = "", value = ""] = text.split("=", 2);
  if (name === "" || value === "") throw usageError(`${option} ${visible(text)} has no form NAME=VALUE.`, HELP);
  return [name, value];
}

function roleOf(text: string, apps: ReadonlyMap<string, string>): FirstRole {
  const [name, groups] = pairOf(text, "--role");
  if (!isRoleName(name)) {
    throw usageError(
      `There is no role ${visible(name)} to begin with: use ${Object.keys(FIRST_ROLES).join(", ")}.`,
      "Further roles are written into serve.json by hand.",
    );
  }
  return { name, groups: groups.split(/[\s,]+/).filter(Boolean), serviceClientId: apps.get(name) };
}

function tell(io: Io, dir: string, { files, keys, steps }: FirstSettings): void {
  io.out(`Written to ${dir}, for this user alone: ${files.map(({ path }) => path).join(", ")}`);
  io.out("");
  io.out(io.style("bold", "In Okta, in this order:", io.stdout));
  for (const [index, step] of steps.entries()) io.out(`${index + 1}. ${step}`);
  for (const { app, clientId, publicJwk } of keys) {
    io.out("");
    io.out(`Public key of ${app} (${clientId}), to be pasted as it is:`);
    io.out(JSON.stringify(publicJwk));
  }
  io.out("");
  const config = quoted(join(dir, "serve.json"));
  io.out(`Then: okta-mcp serve check --config ${config}`);
  io.out(`      okta-mcp serve --config ${config}`);
}
