import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import type { Org } from "../../sandbox/org.js";
import { SCOPES } from "../../src/okta/scopes.js";
import { catalogue } from "../support/catalogue.js";
import { objectsOf } from "../support/objects.js";
import type { Json, Outcome } from "../support/server-process.js";
import type { Stage } from "../support/stage.js";

/** Every scope that any tool uses. */
export const ALL_SCOPES = Object.keys(SCOPES);

/** The scopes that only read. */
export const READ_SCOPES = ALL_SCOPES.filter((scope) => scope.endsWith(".read"));

/** The names of all tools. */
export const TOOLS = catalogue.entries.map(({ name }) => name);

/** The names of the tools that write. */
export const WRITING = catalogue.entries.filter(({ effect }) => effect !== "reads").map(({ name }) => name);

/** The file that harmless uploads read. */
export const FILE = "harmless.gif";

const OBJECTS: { readonly [argument: string]: Json } = {
  profile: { name: "Harmless", login: "harmless@acme.example", firstName: "H", lastName: "L" },
  app_config: { label: "Harmless", signOnMode: "BOOKMARK", settings: { app: { url: "https://acme.example" } } },
  policy_data: { type: "OKTA_SIGN_ON", name: "Harmless", platform: "MACOS" },
  rule_data: { type: "SIGN_ON", name: "Harmless" },
};

const TEXTS: { readonly [argument: string]: string } = {
  file_path: FILE,
  private_key_file_path: FILE,
  primary_color_hex: "#112233",
  secondary_color_hex: "#332211",
  subject: "Harmless $\u007bactivationToken}",
  body: "Harmless $\u007bactivationLink} $\u007bresetPasswordLink}",
  domain: "mail.acme.example",
  type: "OKTA_SIGN_ON",
  language: "de",
  recipients: "ALL_USERS",
  sign_in_page_touch_point_variant: "OKTA_DEFAULT",
  end_user_dashboard_touch_point_variant: "OKTA_DEFAULT",
  error_page_touch_point_variant: "OKTA_DEFAULT",
  email_template_touch_point_variant: "OKTA_DEFAULT",
};

export interface Schema {
  properties: { readonly [argument: string]: { type?: string; enum?: readonly string[] } };
  required?: readonly string[];
}

export function schemaOf(tool: string): Schema {
  return catalogue.definition(tool).inputSchema as Schema;
}

/** Optional arguments of which these tools need at least one. */
const FURTHER: { readonly [argument: string]: unknown } = {
  page_content: "<html></html>",
  url: "https://acme.example",
};

/** Arguments with which a tool accepts a call; their ids belong to nothing in the org. */
export function harmlessArguments(tool: string): Json {
  const { properties, required = [] } = schemaOf(tool);
  const further = Object.keys(FURTHER).filter((argument) => argument in properties);
  const more = tool === "update_user" ? ["profile"] : further;
  return Object.fromEntries(
    [...required, ...more].map((argument): [string, unknown] => {
      const { type, enum: choices } = properties[argument] ?? {};
      if (type === "object") return [argument, OBJECTS[argument] ?? {}];
      if (argument in FURTHER) return [argument, FURTHER[argument]];
      return [argument, choices?.at(-1) ?? TEXTS[argument] ?? `${argument.replaceAll("_", "-")}-1`];
    }),
  );
}

/** Arguments with the ids of existing objects, one of each kind. No customization exists, so its id is made up. */
export function realIds(org: Org): Json {
  const name = ({ profile }: { profile: Json }) => profile.name !== "Everyone" && profile.login !== ADMIN_LOGIN;
  const user = org.users.all().find(name);
  const group = org.groups.all().find((one) => one.type === "OKTA_GROUP");
  const others = Object.assign(
    {},
    ...[...objectsOf(org)].filter((object) => !("user_id" in object || "group_id" in object)),
  );
  return { ...others, user_id: user?.id, group_id: group?.id };
}

/** The id of the last change in the journal. */
export async function lastChangeId({ server }: Pick<Stage, "server">): Promise<string> {
  const { data, text } = await server.call("list_changes", { limit: 1 });
  const [last] = data.items as { id: string }[];
  if (last === undefined) throw new Error(`The journal has no change: ${text}`);
  return last.id;
}

/** Undoes the last change in the journal, after it has forgotten the requests of earlier calls. */
export async function undoLast(act: Pick<Stage, "server" | "forget">, more: Json = {}): Promise<Outcome> {
  const change_id = await lastChangeId(act);
  act.forget();
  return act.server.call("undo_change", { change_id, ...more });
}
