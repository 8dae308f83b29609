import type { ToolContext } from "../../src/tool.js";
import {
  asObject,
  counted,
  ifReadable,
  itemsAt,
  type Json,
  type JsonObject,
  MAX_NAMES,
  OktaMcpError,
  textAt,
  valueAt,
  withNames,
} from "./kit.js";

/** Schema `PolicyType` of Okta's Management API. Okta adds types, so a type that is not here is not refused. */
export const POLICY_TYPES = [
  "ACCESS_POLICY",
  "CLIENT_UPDATE",
  "DEVICE_SIGNAL_COLLECTION",
  "ENTITY_RISK",
  "IDENTITY_CLAIM_SOURCING",
  "IDP_DISCOVERY",
  "MFA_ENROLL",
  "OKTA_SIGN_ON",
  "PASSWORD",
  "POST_AUTH_SESSION",
  "PROFILE_ENROLLMENT",
  "SESSION_VIOLATION_DETECTION",
] as const;

function lacksType({ type }: JsonObject): boolean {
  return type === undefined || type === null || type === "";
}

/**
 * A body that names its type. The type decides what the rest of the body means.
 * @throws OktaMcpError bad_input where it names none
 */
export function typed(body: JsonObject): JsonObject {
  if (typeof body.type === "string" && body.type !== "") return body;
  throw new OktaMcpError("bad_input", "The body names no type, without which Okta cannot tell what the rest means.", {
    fix: `Add a type: ${POLICY_TYPES.join(", ")}, or a later one of Okta's.`,
  });
}

/** The field of an answer that names what was filled in. */
const FILLED_IN = "filled_in";

/**
 * A body with its type. Where it names none, the type is filled in from its policy or object.
 * @throws OktaMcpError bad_input where these have none either
 */
export async function withType(body: JsonObject, readType: () => Promise<string>): Promise<JsonObject> {
  const { [FILLED_IN]: _, ...rest } = body;
  return typed(lacksType(rest) ? { ...rest, type: await readType() } : rest);
}

/** Okta's answer, with the type that was filled in, if it was. */
export function withNote(given: JsonObject, sent: JsonObject, answer: Json | undefined): Json | undefined {
  return lacksType(given) ? { ...asObject(answer), [FILLED_IN]: { type: sent.type ?? null } } : answer;
}

/** Fields of policies and rules that Okta sets itself, and the status, which stays where a body does not name it. */
export const POLICY_SET_BY_OKTA = ["id", "status", "system", "created", "lastUpdated"] as const;

/** The effect of a policy rule's change on a group that the rule fills. */
export const FILLED_BY_RULE = "is filled by this rule, which puts new users into it";

/** The two ways to take away a policy or a rule. */
export type Removal = "deleted" | "deactivated";

/** @throws OktaMcpError protected for an object that Okta made and keeps; conflict for one that is inactive already */
export function refuseRemoval(object: Json | undefined, kind: "policy" | "rule", removal: Removal): void {
  if (valueAt(object, "system") === true) {
    throw new OktaMcpError(
      "protected",
      `This is a system ${kind} of Okta's (system is true); it cannot be ${removal}.`,
      {
        data: { rule: `built in: system ${kind}` },
        fix:
          kind === "policy"
            ? "Choose another policy, or put one of higher priority before it with create_policy."
            : "Choose another rule, or put one of higher priority before it with create_policy_rule.",
      },
    );
  }
  if (removal === "deactivated" && textAt(object, "status") === "INACTIVE") {
    throw new OktaMcpError("conflict", `This ${kind} is inactive already.`, {
      fix: `Nothing to do; activate_policy${kind === "rule" ? "_rule" : ""} is the opposite.`,
    });
  }
}

/**
 * The names of the first of these groups or users, as far as this caller may read them. The id stands for one that does
 * not exist.
 */
async function namesOf({ okta, may, whole }: ToolContext, kind: "groups" | "users", ids: readonly Json[]) {
  const first = ids.slice(0, MAX_NAMES);
  // A search finds those that exist. Reading one that is gone would fail.
  const search = first.map((one) => `id eq ${JSON.stringify(one)}`).join(" or ");
  if (!may(`okta.${kind}.read`)) return undefined;
  const found = await ifReadable(
    kind === "groups"
      ? whole((cursor) => okta.groups.listGroups.page({ search, after: cursor }))
      : whole((cursor) => okta.users.listUsers.page({ search, after: cursor })),
  );
  const nameOf = (one: Json) => textAt(one, "profile", kind === "groups" ? "name" : "login");
  const names = new Map(found?.map((one) => [textAt(one, "id"), nameOf(one)]));
  return found && first.map((one) => names.get(String(one)) || String(one));
}

/** The people whom the conditions of a policy or rule name, one line each: "applies to 2 groups: Sales, Finance". */
export async function describePeople(context: ToolContext, object: Json | undefined): Promise<string[]> {
  const lines: string[] = [];
  for (const [side, verb] of [
    ["include", "applies to"],
    ["exclude", "leaves out"],
  ] as const) {
    for (const [kind, one] of [
      ["groups", "group"],
      ["users", "user"],
    ] as const) {
      const ids = itemsAt(object, "conditions", "people", kind, side);
      if (ids.length === 0) continue;
      const names = await namesOf(context, kind, ids);
      lines.push(withNames(`${verb} ${counted({ items: ids, complete: true }, one)}`, names, ids.length));
    }
  }
  return lines;
}
