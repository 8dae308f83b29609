import * as z from "zod";
import { FOREIGN_SETTINGS } from "../../src/people/foreign-settings.js";
import { serveFields } from "../../src/people/serve-fields.js";
import { type CauseWords, SIGN_IN_CAUSES } from "../../src/upstream/sign-in-causes.js";
import { OPTIONS, PATHS } from "./company-paths.js";
import { TROUBLES, type Trouble } from "./company-troubles.js";
import { code, table } from "./markdown.js";

interface Member {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, Member>;
  required?: string[];
  items?: Member;
}

/** A row for each member of serve.json, the members of objects and of lists below it. */
function rowsOf(members: Record<string, Member>, required: readonly string[], path = ""): string[][] {
  return Object.entries(members).flatMap(([name, member]) => {
    const here = `${path}${name}`;
    const below = member.items?.properties ? { ...member.items, dot: "[]." } : { ...member, dot: "." };
    const isGroup = below.properties !== undefined;
    const values =
      member.enum === undefined ? "" : ` One of ${member.enum.map((one) => code(String(one))).join(", ")}.`;
    const fallback = isGroup || member.default === undefined ? "" : code(JSON.stringify(member.default));
    const must = required.includes(name) ? "has to be there" : fallback;
    const own = [[code(here), `${member.description ?? ""}${values}`.trim(), must]];
    return [...own, ...rowsOf(below.properties ?? {}, below.required ?? [], `${here}${below.dot}`)];
  });
}

function serveSettings(): string {
  const schema = z.toJSONSchema(serveFields(), { io: "input" }) as Member;
  return table(["member", "meaning", "default"], rowsOf(schema.properties ?? {}, schema.required ?? []));
}

function foreignSettings(): string {
  const rows = FOREIGN_SETTINGS.map(({ variable, of, ours, note }) => [
    code(variable),
    of,
    ours === undefined ? "none" : code(ours),
    note,
  ]);
  return table(["variable", "of", "here", "note"], rows);
}

function troubles(): string {
  const rows = Object.values<Trouble>(TROUBLES).map(({ theirs, cause, namedBy, fix }) => [theirs, cause, namedBy, fix]);
  return table(["elsewhere", "cause", "named here by", "what to do"], rows);
}

function signInCodes(): string {
  const rows = Object.entries<CauseWords>(SIGN_IN_CAUSES).map(([name, { means, person, operator }]) => [
    code(name),
    means,
    person,
    operator,
  ]);
  return table(["code", "what happened", "what the person does", "what whoever runs the server does"], rows);
}

const elsewhere = (what: string, rows: readonly (readonly string[])[]) => table([what, "here"], rows);

/** The generated parts of docs/company.md, by their names. */
export const COMPANY_PARTS: Readonly<Record<string, () => string>> = {
  serve_settings: serveSettings,
  foreign_settings: foreignSettings,
  foreign_paths: () => elsewhere("path or command", PATHS),
  foreign_options: () => elsewhere("option", OPTIONS),
  troubles,
  sign_in_codes: signInCodes,
};
