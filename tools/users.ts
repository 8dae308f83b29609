import * as z from "zod";
import { defineTool, type ToolContext, type Undo } from "../src/tool.js";
import { lastSegment, sameName } from "./shared/bodies.js";
import {
  BASE_ATTRIBUTES,
  fieldsOf,
  groupsMovedBy,
  ifFound,
  type Json,
  type JsonObject,
  type KnownFields,
  OktaMcpError,
  objectAt,
  ofMade,
  refuseTaken,
  schemaAttributes,
  some,
  textAt,
} from "./shared/kit.js";
import {
  activate,
  after,
  fetchAll,
  filter,
  id,
  jsonObject,
  limit,
  sortBy,
  sortOrder,
  userId,
} from "./shared/params.js";
import { describeUser } from "./shared/users.js";

/** The most users in one answer of Okta's. */
const MAX_USERS = 200;

export const listUsers = defineTool({
  name: "list_users",
  purpose: "find user",
  title: "List users",
  description:
    "List users with all attributes; narrow them with search. Deactivated ones only come with search or filter. For one use get_user.",
  scope: "okta.users.read",
  alsoUses: ["okta.schemas.read"],
  effect: "reads",
  compares: { q: ["profile.firstName", "profile.lastName", "profile.email", "profile.login"] },
  input: z.strictObject({
    search: z
      .string()
      .default("")
      .describe(
        'Search by any attribute, e.g. status eq "ACTIVE" and profile.department eq "Sales"; also sw, co, gt, lt, ge, le, pr.',
      ),
    filter: filter(
      "status, lastUpdated, id, profile.login, profile.email, profile.firstName, profile.lastName",
      'status eq "ACTIVE"',
    ),
    q: z.string().optional().describe("Search by the start of first name, last name or email; it has no pages."),
    fetch_all: fetchAll,
    after,
    limit: limit(MAX_USERS, MAX_USERS),
    sort_by: sortBy,
    sort_order: sortOrder,
    expand: z.string().min(1).optional().describe('Embed more, e.g. "classification".'),
  }),
  run({ okta, list }, a) {
    const byQ = Boolean(a.q) && !a.search && !a.filter;
    const pageLimit = a.limit ?? (byQ ? MAX_USERS : undefined);
    return list(
      (cursor) =>
        okta.users.listUsers.page({
          search: a.search || undefined,
          filter: a.filter || undefined,
          q: a.q || undefined,
          after: cursor,
          limit: pageLimit,
          sortBy: a.sort_by,
          sortOrder: a.sort_order,
          expand: a.expand,
        }),
      // Okta does not page a search by `q`. Without a limit it answers with 10.
      { ...a, of: "user", cutAt: byQ ? pageLimit : undefined },
    );
  },
});

export const getUser = defineTool({
  name: "get_user",
  purpose: "show user",
  title: "Get user",
  description: "Get one user by id or login, with all attributes. To search use list_users.",
  scope: "okta.users.read",
  effect: "reads",
  input: z.strictObject({
    user_id: userId,
    expand: z.string().min(1).optional().describe('Embed "blocks" or "classification".'),
  }),
  run: ({ okta }, a) => okta.users.getUser({ userId: a.user_id, expand: a.expand }),
});

function attributesOf(schema: Json | undefined): Json[] {
  return schemaAttributes(schema).map(({ name, origin, definition, required }) => {
    return { name, origin, ...definition, required };
  });
}

export const getUserProfileAttributes = defineTool({
  name: "get_user_profile_attributes",
  purpose: "show userSchema",
  title: "Get user profile attributes",
  description:
    "List the attributes a user profile can have: with okta.schemas.read from the org's schema, else the names seen on users, marked as inferred.",
  scope: "okta.users.read",
  alsoUses: ["okta.schemas.read"],
  effect: "reads",
  input: z.strictObject({
    schema_id: id("Give the id of a user type's schema; \"default\" is the default type's.").default("default"),
  }),
  async run({ okta, may, collect }, a) {
    if (may("okta.schemas.read")) {
      const schema = await okta.schemas.getUserSchema({ schemaId: a.schema_id });
      return { source: "schema", schema_id: a.schema_id, attributes: attributesOf(schema) };
    }
    const { items } = await collect((cursor) => okta.users.listUsers.page({ after: cursor, limit: 200 }), 200);
    const names = new Set(items.flatMap((user) => Object.keys(objectAt(user, "profile"))));
    return {
      source: "inferred",
      note: `Inferred from the profiles of ${items.length} users; an attribute that none of them has is missing. Grant okta.schemas.read for the org's schema.`,
      attributes: [...names].sort().map((name) => ({ name })),
    };
  },
});

const USER_ATTRIBUTES = fieldsOf("string", ...BASE_ATTRIBUTES.user);

const userType = jsonObject('Name the user type as { "id": "…" }.', { id: "string" }).optional();

const CREDENTIALS: KnownFields = {
  password: {
    value: "string",
    hash: { algorithm: "string", value: "string", salt: "string", saltOrder: "string", workFactor: "integer" },
    hook: { type: "string" },
  },
  recovery_question: { question: "string", answer: "string" },
  provider: { type: "string", name: "string" },
};
const credentials = (fields: KnownFields) =>
  jsonObject("Give password, recovery_question or provider as Okta has them.", fields).optional();

const realmId = id("Give the id of the realm to put the user into.").optional();

/** In a preview, refuses a login that another user has. */
function refuseTakenLogin(context: ToolContext, profile: JsonObject, own = ""): Promise<string[]> {
  const login = textAt(profile, "login");
  if (login === "") return Promise.resolve([]);
  return refuseTaken(context, {
    what: "the login",
    attribute: ["profile", "login"],
    scope: "okta.users.read",
    fix: "Choose another login, or find its user with get_user.",
    async holder() {
      const user = await ifFound(context.okta.users.getUser({ userId: login }));
      // Okta also finds a user by a part of the login.
      const isHolder = sameName(textAt(user, "profile", "login"), login) && textAt(user, "id") !== own;
      return { found: isHolder ? user : undefined, complete: true };
    },
  });
}

export const createUser = defineTool({
  name: "create_user",
  title: "Create user",
  description: "Create a user. Activated without a password, Okta emails the user a link.",
  scope: "okta.users.manage",
  effect: "adds",
  input: z.strictObject({
    profile: jsonObject(
      "Give login, email, firstName, lastName …, custom attributes too; see get_user_profile_attributes.",
      USER_ATTRIBUTES,
    ),
    activate,
    credentials: credentials(CREDENTIALS),
    group_ids: z.array(id("Find it with list_groups.")).optional().describe("Find groups to join with list_groups."),
    type: userType,
    realm_id: realmId,
    provider: z.boolean().optional().describe("Say whether credentials name a provider."),
    next_login: z.enum(["changePassword"]).optional().describe("Have the password changed at first sign-in."),
  }),
  async foresee(context, a) {
    const profile =
      a.type === undefined
        ? await context.checkProfile("user", a.profile, { whole: true })
        : ["The profile's attributes were not checked: the schema of another user type is not read here."];
    return [...profile, ...(await refuseTakenLogin(context, a.profile))];
  },
  touches: { kinds: ["groups"], read: (context, a) => groupsMovedBy(context, undefined, a.profile) },
  change: {
    state: ({ okta }, _a, made) => ofMade(made, (userId) => okta.users.getUser({ userId })),
    undo({ after }) {
      const user_id = textAt(after, "id");
      return { steps: ["deactivate_user", "delete_deactivated_user"].map((tool) => ({ tool, args: { user_id } })) };
    },
  },
  run: ({ okta }, a) =>
    okta.users.createUser({
      body: {
        profile: a.profile,
        credentials: a.credentials,
        groupIds: a.group_ids,
        type: a.type,
        realmId: a.realm_id,
      },
      activate: a.activate,
      provider: a.provider,
      nextLogin: a.next_login,
    }),
});

/** Puts back the attributes that were changed, and no others. */
function undoUpdate(
  a: { profile?: JsonObject | undefined; [argument: string]: unknown },
  before: Json,
  user_id: string,
): Undo {
  const had = objectAt(before, "profile");
  const profile = a.profile && Object.fromEntries(Object.keys(a.profile).map((name) => [name, had[name] ?? null]));
  const realm_id = a.realm_id === undefined ? undefined : textAt(before, "realmId");
  const lost = a.credentials === undefined ? [] : ["Okta shows no credentials, so the new ones stay."];
  if (!profile && !realm_id)
    return { cannot: "Okta shows no credentials, so the old ones are gone. Set new ones with update_user." };
  const args = { user_id, ...(profile ? { profile } : {}), ...(realm_id ? { realm_id } : {}) };
  return { steps: [{ tool: "update_user", args }], notes: lost };
}

export const updateUser = defineTool({
  name: "update_user",
  title: "Update user",
  description:
    "Change only the given attributes of a user. New credentials ask a person first. To take access away use deactivate_user.",
  scope: "okta.users.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({
    user_id: userId,
    profile: jsonObject("Give the attributes to change, custom ones too; null clears one.", USER_ATTRIBUTES).optional(),
    credentials: credentials(some(CREDENTIALS, "password.value", "recovery_question")),
    realm_id: realmId,
    strict: z.boolean().optional().describe("Check a password's age and history."),
  }),
  async impact(context, a) {
    if (a.credentials === undefined) return undefined;
    const { target, details, state } = await describeUser(context, a.user_id);
    return { target, details: [`new credentials: ${Object.keys(a.credentials).join(", ")}`, ...details], state };
  },
  async foresee(context, a) {
    const { profile } = a;
    if (!context.may("okta.users.read"))
      return profile ? ["The profile was not checked: okta.users.read is not granted."] : [];
    const user = await context.okta.users.getUser({ userId: a.user_id });
    if (textAt(user, "status") === "DEPROVISIONED") {
      throw new OktaMcpError("conflict", "The user is deactivated, and Okta changes no such user.", {
        fix: "Activate the user in the Okta Admin Console first.",
      });
    }
    if (profile === undefined) return [];
    const schemaId = lastSegment(textAt(user, "_links", "schema", "href")) || undefined;
    return [
      ...(await context.checkProfile("user", profile, { whole: false, schemaId })),
      ...(await refuseTakenLogin(context, profile, textAt(user, "id"))),
    ];
  },
  touches: {
    kinds: ["groups"],
    async read(context, a) {
      const given = { ...a.profile, ...(a.realm_id === undefined ? {} : { realmId: a.realm_id }) };
      if (Object.keys(given).length === 0) return [];
      const user = await context.okta.users.getUser({ userId: a.user_id });
      return groupsMovedBy(context, { ...objectAt(user, "profile"), realmId: textAt(user, "realmId") }, given);
    },
  },
  change: {
    state: ({ okta }, a) => okta.users.getUser({ userId: a.user_id }),
    undo: ({ args, before, after }) => undoUpdate(args, before, textAt(after, "id") || args.user_id),
  },
  async run({ okta }, a) {
    const body = { profile: a.profile, credentials: a.credentials, realmId: a.realm_id };
    if (Object.values(body).every((part) => part === undefined)) {
      throw new OktaMcpError("bad_input", "There is nothing to change.", {
        fix: "Give profile, credentials or realm_id.",
      });
    }
    return okta.users.updateUser({ userId: a.user_id, user: body, strict: a.strict });
  },
});
