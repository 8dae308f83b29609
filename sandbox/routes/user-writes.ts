import { isObject } from "../json.js";
import { invalid, notFound, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import { refuseFaults } from "../profile-schema.js";
import type { SandboxReply, SandboxRequest } from "../route.js";
import { userParty } from "../state/log-event.js";
import type { Group, JsonObject, User, UserStatus } from "../state/model.js";
import { USER_TYPE_ID } from "../state/user-store.js";
import { profileFaults } from "../user-schema.js";
import { refuseFixedMembership } from "./groups.js";
import { bodyOf, doerOf, flagOf, objectIn, userOf } from "./shared.js";
import { fullUser } from "./user-view.js";

const MAX_GROUPS_OF_NEW_USER = 20;
const MIN_PASSWORD_CHARS = 8;

/** Statuses that end with a new password. */
const WAITING_FOR_PASSWORD: readonly UserStatus[] = ["PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"];

/** `createUser`: the status depends on `activate`, `nextLogin`, `provider` and on the password. */
export function createUser(org: Org, request: SandboxRequest): SandboxReply {
  const body = bodyOf(request);
  const activate = flagOf(request, "activate", true);
  const expired = request.query.get("nextLogin") === "changePassword";
  const profile = withoutNulls(objectIn(body, "profile") ?? {});
  const { hasPassword, shown } = credentialsIn(body);
  if (expired && !hasPassword) throw cannotExpire("E0000124", "a password must be specified.");
  if (expired && !activate) throw cannotExpire("E0000125", "`activate` must be true.");
  checkType(body);
  checkProfile(org, profile);
  const groups = groupsOfNewUser(org, body);

  const external = flagOf(request, "provider", false) && isObject(shown.provider);
  const ready: UserStatus = expired ? "PASSWORD_EXPIRED" : hasPassword || external ? "ACTIVE" : "PROVISIONED";
  const doer = doerOf(org, request);
  const status = activate ? ready : "STAGED";
  const user = org.users.add({ profile, status, hasPassword, credentials: shown }, doer);
  if (activate) {
    const note = { eventType: "user.lifecycle.activate", displayMessage: "Activate Okta user" };
    org.log({ ...note, target: [userParty(user)] }, doer);
  }
  for (const group of groups) org.groups.addMember(group, user, doer);
  return { status: 200, json: fullUser(org, user) };
}

/**
 * `updateUser` merges. `replaceUser` replaces and removes attributes that are not given. Both clear an attribute with
 * null.
 */
export function updateUser(org: Org, request: SandboxRequest, how: "merge" | "replace"): SandboxReply {
  const user = userOf(org, request);
  const body = bodyOf(request);
  if (user.status === "DEPROVISIONED") {
    throw refusal(403, "E0000038", "This operation is not allowed in the user's current status.");
  }
  checkType(body);
  const given = objectIn(body, "profile");
  const profile = withoutNulls(how === "merge" ? { ...user.profile, ...given } : { ...given });
  if (given !== undefined) checkProfile(org, profile, user);
  const { hasPassword, shown } = credentialsIn(body);
  const doer = doerOf(org, request);
  if (given !== undefined) {
    const changed = Object.keys({ ...user.profile, ...profile }).filter(
      (name) => !same(user.profile[name], profile[name]),
    );
    const note = { eventType: "user.account.update_profile", displayMessage: "Update user profile for Okta" };
    org.users.change(user, { profile }, { ...note, debugData: { changedAttributes: changed.join(",") } }, doer);
  }
  if (hasPassword) {
    const note = { eventType: "user.account.update_password", displayMessage: "User update password for Okta" };
    const status = WAITING_FOR_PASSWORD.includes(user.status) ? "ACTIVE" : user.status;
    const passwordChanged = org.timestamp();
    const credentials = { ...user.credentials, password: {}, ...shown };
    const statusChanged = status === user.status ? user.statusChanged : passwordChanged;
    org.users.change(user, { status, statusChanged, passwordChanged, credentials }, note, doer);
  } else if (shown.recovery_question !== undefined) {
    const note = { eventType: "user.account.update_secondary_email", displayMessage: "Update recovery question" };
    org.users.change(user, { credentials: { ...user.credentials, ...shown } }, note, doer);
  }
  return { status: 200, json: fullUser(org, user) };
}

function cannotExpire(errorCode: string, reason: string): Error {
  const summary = `Could not create user. To create a user and expire their password immediately, ${reason}`;
  return refusal(400, errorCode, summary, [summary]);
}

/** @throws OktaRefusal 400 E0000001 that names every attribute with a fault */
function checkProfile(org: Org, profile: JsonObject, owner?: User): void {
  refuseFaults(profileFaults(org, profile, owner?.id));
}

function checkType(body: JsonObject): void {
  const id = objectIn(body, "type")?.id;
  if (id !== undefined && id !== USER_TYPE_ID) throw invalid("type", "type: The user type does not exist.");
}

/**
 * The credentials of a body. Okta shows the provider and the recovery question again; of a password it only keeps that
 * there was one. An empty password, as Okta shows it, is none.
 */
function credentialsIn(body: JsonObject): { hasPassword: boolean; shown: JsonObject } {
  const credentials = objectIn(body, "credentials") ?? {};
  const shown: JsonObject = {};
  const provider = objectIn(credentials, "provider");
  if (provider !== undefined) shown.provider = provider;
  const recovery = objectIn(credentials, "recovery_question");
  if (recovery?.answer !== undefined) {
    const { question = null, answer } = recovery;
    if (typeof answer !== "string" || answer.length < 4) {
      throw invalid(
        "recovery_question",
        "answer: The security question answer must be at least 4 characters in length",
      );
    }
    shown.recovery_question = { question };
  }
  const password = objectIn(credentials, "password") ?? {};
  const { value } = password;
  if (value !== undefined && (typeof value !== "string" || value.length < MIN_PASSWORD_CHARS)) {
    const need = `Password requirements were not met. Password requirements: at least ${MIN_PASSWORD_CHARS} characters.`;
    throw invalid("password", `password: ${need}`);
  }
  return { hasPassword: [value, password.hash, password.hook].some((given) => given !== undefined), shown };
}

function groupsOfNewUser(org: Org, body: JsonObject): Group[] {
  const ids = body.groupIds ?? [];
  if (!Array.isArray(ids)) throw invalid("groupIds", "groupIds: The value must be of type array");
  if (ids.length > MAX_GROUPS_OF_NEW_USER) {
    throw refusal(400, "E0000093", "Target count limit exceeded", ["The number of group targets is too large"]);
  }
  return ids.map((id) => {
    const group = org.groups.get(String(id));
    if (group === undefined) throw notFound(String(id), "UserGroup");
    refuseFixedMembership(org, group);
    return group;
  });
}

function withoutNulls(profile: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
