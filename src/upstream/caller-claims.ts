import type { ApiIdentity } from "../apis/api-identity.js";
import type { Json } from "../json/json.js";
import type { KnownPerson } from "../store/stored-people.js";

type Claims = Readonly<Record<string, Json>>;

/** What this server knows of a person for sure, by the names of OpenID Connect Core, section 5.1. */
export function personClaims(person: KnownPerson): Claims {
  const { subject, login, email, emailVerified, name, department, title } = person;
  const known: Record<string, string | undefined> = {
    sub: subject,
    login,
    preferred_username: login,
    // An address that nobody has verified may be somebody else's.
    email: emailVerified ? email : undefined,
    name,
    department,
    title,
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([claim, value]) => (value === undefined ? [] : [[claim, value]])),
  );
}

/** An identity that knows more of the caller than its own token tells. What that token says counts first. */
export function withClaims(identity: ApiIdentity, more: () => Claims): ApiIdentity {
  return {
    authorize: (request, signal) => identity.authorize(request, signal),
    refused: (authorization, headers) => identity.refused(authorization, headers),
    claims: async (signal) => ({ ...more(), ...(await identity.claims(signal)) }),
  };
}
