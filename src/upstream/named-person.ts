import { isObject } from "../json/json.js";
import type { KnownPerson, StoredPeople } from "../store/stored-people.js";

/** A person whom a message of Okta's names (RFC 9493, section 3). */
export type NamedSubject =
  | { format: "email"; email: string }
  | { format: "iss_sub"; iss: string; sub: string }
  /** Okta's own id of the user. */
  | { format: "opaque"; id: string };

const MAX_CHARS = 512;

/** The members of each format, which all have to be there. */
const MEMBERS = { email: ["email"], iss_sub: ["iss", "sub"], opaque: ["id"] } as const;

/**
 * The person in the body of a request of Universal Logout, under `sub_id`, or under `subject` as in earlier versions.
 * @returns undefined for a body that names nobody, or in a format that is not known
 */
export function subjectIn(body: unknown): NamedSubject | undefined {
  if (!isObject(body) || (body.sub_id !== undefined && body.subject !== undefined)) return undefined;
  const named = body.sub_id ?? body.subject;
  if (!isObject(named) || typeof named.format !== "string" || !Object.hasOwn(MEMBERS, named.format)) return undefined;
  const members = MEMBERS[named.format as keyof typeof MEMBERS];
  const isWhole = members.every((name) => {
    const value = named[name];
    return typeof value === "string" && value !== "" && value.length <= MAX_CHARS;
  });
  return isWhole ? (named as unknown as NamedSubject) : undefined;
}

/**
 * The person of a name, once for each issuer that knows them: all of them are the same user of Okta. An e-mail address
 * counts where exactly one user has it, and Okta has said that it is theirs.
 * @param issuers the issuers by which people are known, all of one org
 */
export async function namedPerson(
  people: Pick<StoredPeople, "findBySubject" | "findByVerifiedEmail">,
  issuers: readonly string[],
  subject: NamedSubject,
): Promise<KnownPerson[] | "unknown" | "ambiguous"> {
  if (subject.format === "iss_sub" && !issuers.includes(subject.iss)) return "unknown";
  const found = await Promise.all(
    issuers.map(async (issuer) => {
      if (subject.format === "email") return people.findByVerifiedEmail(issuer, subject.email);
      return (await people.findBySubject(issuer, subject.format === "iss_sub" ? subject.sub : subject.id)) ?? [];
    }),
  );
  const named = found.flat().filter(({ status }) => status !== "gone" || subject.format !== "email");
  if (named.length === 0) return "unknown";
  return new Set(named.map(({ subject: id }) => id)).size === 1 ? named : "ambiguous";
}
