import { type Json, textAt } from "../json/json.js";
import {
  isProtectable,
  kindAfter,
  kindsOfId,
  OBJECT_KINDS,
  OBJECTS,
  PROTECTABLE,
  type ProtectableKind,
  type ProtectedKind,
} from "./objects.js";
import { idsInPath } from "./path.js";
import { jsonBodyOf, type OktaRequest } from "./request.js";

/** True for a kind of which a rule protects some. Objects of other kinds need not be read. */
export type IsProtected = (kind: ProtectedKind) => boolean;

/** An object that a write touches, as the call names it. */
export interface Target {
  type: ProtectableKind;
  /** The id of the object; for a user also the login. */
  id: string;
}

/** An object that a call changes without naming it. */
export interface Touched extends Target {
  /** The effect on the object, as the end of a sentence: "loses the group Lab". */
  how: string;
  /** The object, where the call has read it. It need not be read again then. */
  object?: Json | undefined;
}

/** The parts of an object that rules compare. */
export interface Identity {
  id: string;
  /** A user's login; none for anything else. */
  logins: string[];
  names: string[];
}

const TARGET_KINDS = OBJECT_KINDS.filter(isProtectable);

function strings(value: unknown): string[] {
  return [value].flat().filter((item) => typeof item === "string");
}

/** True for an id of a user. A login, or the part of one before the @, can stand in the same place. */
export function isUserId(text: string): boolean {
  return kindsOfId(text).includes("user");
}

/** The ids that stand under an argument's name, or, with an `s` behind, under that of its list. */
export function idsUnder(args: Readonly<Record<string, unknown>>, argument: string): string[] {
  return [args[argument], args[`${argument}s`]].flatMap(strings);
}

/** The objects that the arguments of a call name. Arguments have the same names in every tool. */
export function targetsOfArguments(args: Readonly<Record<string, unknown>>): Target[] {
  return TARGET_KINDS.flatMap((type) => idsUnder(args, PROTECTABLE[type].argument).map((id) => ({ type, id })));
}

/** The objects that a request to Okta names: those in its path, and the groups that a new user joins. */
export function targetsOfRequest(request: OktaRequest): Target[] {
  const inPath = idsInPath(request).flatMap(({ before, id }): Target[] => {
    const type = kindAfter(before);
    return type !== undefined && isProtectable(type) ? [{ type, id }] : [];
  });
  const json = jsonBodyOf(request);
  const groupIds = typeof json === "object" && json !== null && "groupIds" in json ? strings(json.groupIds) : [];
  return [...inPath, ...groupIds.map((id): Target => ({ type: "group", id }))];
}

/** The parts of an object, as Okta sent it, that rules compare. */
export function identityOf(type: ProtectableKind, json: Json | undefined): Identity {
  const id = textAt(json, "id");
  const profile = (name: string) => textAt(json, "profile", name);
  const { logins, names } =
    type === "user"
      ? {
          logins: [profile("login")],
          names: [`${profile("firstName")} ${profile("lastName")}`.trim(), profile("displayName")],
        }
      : { logins: [], names: [textAt(json, ...(OBJECTS[type].name ?? []))] };
  return { id, logins: logins.filter(Boolean), names: names.filter(Boolean) };
}
