import { createLog } from "../../log.js";
import { type EffectiveRights, rightsOf } from "../../operator/who.js";
import { loadServe, serveFileError } from "../../people/load-serve.js";
import { mayBeThere, storePlaceOf } from "../../people/store-place.js";
import { openStore } from "../../store/open-store.js";
import { inertJson } from "../../text/inert-json.js";
import { momentInWords } from "../../text/moment.js";
import { visible } from "../../text/quote.js";
import type { Io } from "../io.js";
import { columnsOf } from "../io.js";
import { twoColumns } from "../words.js";
import { loadCompanyApis } from "./load-company-apis.js";
import { openCheck } from "./open-check.js";
import { SERVE_CHECKS } from "./serve-checks.js";

export interface RunWhoOptions {
  login: string;
  /** The path of serve.json. */
  config: string;
  /** The name of the one tool to tell of. */
  tool?: string;
  json?: boolean;
}

/**
 * Tells what somebody may do, and why.
 * @returns the exit code: 0, or 1 where nobody with the login is known
 * @throws OktaMcpError bad_config
 */
export async function runServeWho(io: Io, { login, config, tool, json = false }: RunWhoOptions): Promise<number> {
  const loaded = loadServe(config, SERVE_CHECKS);
  if ("problems" in loaded) throw serveFileError(config, loaded.problems);
  const log = createLog({ level: "error", stderr: io.stderr });
  const apis = await loadCompanyApis(loaded);
  const context = openCheck({ loaded, apis, env: io.env, log });
  const place = storePlaceOf(context);
  const store = mayBeThere(place) ? await openStore({ ...place, as: "beside", log }) : undefined;
  try {
    const people = await rightsOf(context, store, login);
    const shown = tool === undefined ? people : people.map((person) => withOneTool(person, tool));
    if (json) io.out(inertJson({ login, people: shown }, io.stdout.isTTY ? 2 : undefined));
    else if (people.length === 0) io.out(nobody(login));
    else io.out(shown.map((person) => asText(io, person)).join("\n\n"));
    return people.length === 0 ? 1 : 0;
  } finally {
    await store?.close();
  }
}

const nobody = (login: string) =>
  `Nobody with the login ${visible(login)} has signed in here, and Okta was not asked or knows none. A directory app (directory in serve.json) lets this command ask Okta.`;

function withOneTool(person: EffectiveRights, name: string): EffectiveRights {
  const of = <Tool extends { name: string }>(tools: readonly Tool[]) => tools.filter((tool) => tool.name === name);
  return { ...person, tools: of(person.tools), missing_tools: of(person.missing_tools) };
}

/** Tools that are missing for one reason, named together; of many only the number. */
const MAX_NAMED = 8;

function asText(io: Io, person: EffectiveRights): string {
  const rows: [string, string | string[]][] = [
    ["Login", visible(person.login)],
    ["Person", person.id === undefined ? "never signed in here" : `${person.id} at ${visible(person.issuer ?? "")}`],
    ["Status", person.status],
    ["Groups", groupsInWords(person)],
  ];
  if (person.notes.length > 0) rows.push(["Note", person.notes]);
  for (const role of person.roles) {
    const lines = [`${role.name}: by group ${role.by_groups.join(", ")}; acts as ${role.act_as}`];
    lines.push(role.scopes.length === 0 ? "no scopes at Okta" : `scopes ${role.scopes.join(", ")}`);
    if (role.not_granted !== undefined && role.not_granted.length > 0) {
      lines.push(`not granted at Okta yet: ${role.not_granted.join(", ")}`);
    }
    const own = person.tools.filter((tool) => tool.role === role.name).map(({ name }) => name);
    lines.push(own.length === 0 ? "no tool runs under it" : `tools: ${own.join(", ")}`);
    lines.push(`undoes ${role.may_undo === "all" ? "everybody's changes" : "own changes"}`);
    rows.push(["Role", lines]);
  }
  for (const { name, kind, roles, linked } of person.apis) {
    const state = linked === undefined ? "" : linked ? "; linked" : "; not linked yet";
    rows.push(["API", `${name}: by role ${roles.join(", ")}; ${kind}${state}`]);
  }
  if (person.roles_not_held.length > 0) rows.push(["Not held", person.roles_not_held.join(", ")]);
  if (person.guard_files.length > 0) rows.push(["Guards", person.guard_files]);
  const limits = limitsInWords(person);
  if (limits.length > 0) rows.push(["Limits", limits]);
  if (person.missing_tools.length > 0) rows.push(["Missing", missingInWords(person)]);
  return twoColumns(rows, io.stdout.isTTY ? columnsOf(io.stdout) : Number.POSITIVE_INFINITY, (text) =>
    io.style("dim", text, io.stdout),
  );
}

function groupsInWords({ groups, groups_from, groups_at }: EffectiveRights): string {
  if (groups_from === "nowhere") return "not known";
  const from =
    groups_at === undefined
      ? "as Okta has them now"
      : `as of the sign-in ${momentInWords(Date.parse(groups_at), Date.now())}`;
  return `${groups.map(visible).join(", ") || "none"} (${from})`;
}

function limitsInWords({ limits }: EffectiveRights): string[] {
  if (limits === undefined) return [];
  return (["writes", "removals"] as const).flatMap((kind) => {
    const { perMinute, perDay, perSession } = limits[kind];
    return [
      ...(perMinute === undefined ? [] : [`${perMinute} ${kind} a minute`]),
      ...(perDay === undefined ? [] : [`${perDay} ${kind} a day`]),
      ...(perSession === undefined ? [] : [`${perSession} ${kind} since the start of the server`]),
    ];
  });
}

function missingInWords({ missing_tools }: EffectiveRights): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, why } of missing_tools) byReason.set(why, [...(byReason.get(why) ?? []), name]);
  return [...byReason].map(([why, names]) => {
    const named = names.slice(0, MAX_NAMED).join(", ");
    const more = names.length - MAX_NAMED;
    return `${named}${more > 0 ? ` and ${more} more` : ""}: ${why}`;
  });
}
