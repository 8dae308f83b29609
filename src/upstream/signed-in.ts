import type { IDToken } from "oauth4webapi";
import type { PersonAttributes } from "../store/stored-people.js";
import { groupsIn } from "./group-claim.js";

/** Somebody who has signed in, by a checked ID token. What it says is data of the org. */
export interface SignedIn extends ClaimedPerson {
  /** The org that knows them, by its own issuer, whichever of its authorization servers said so. */
  issuer: string;
  subject: string;
  /** The ids of the groups claim; undefined where it does not tell all of them. */
  groups: readonly string[] | undefined;
  /** When the person typed in their password, in epoch milliseconds; undefined where Okta does not tell. */
  authenticatedAtMs: number | undefined;
  /** The assurance of the sign-in (`acr`); undefined where Okta does not tell. */
  acr: string | undefined;
  /** How the person proved who they are (`amr`, RFC 8176). */
  amr: readonly string[];
  /** The ID token itself, as a hint for signing out. */
  idToken: string;
  tokens: {
    accessToken: string;
    refreshToken: string | undefined;
    scopes: string[] | undefined;
    expiresInMs: number | undefined;
  };
}

/** What claims say of a person that nobody is known by. */
export interface ClaimedPerson {
  login: string | undefined;
  email: string | undefined;
  /** True where Okta says so. A claim that is missing or no boolean says no. */
  emailVerified: boolean;
  name: string | undefined;
  attributes: PersonAttributes;
}

const MAX_CLAIM_CHARS = 256;
const MAX_METHODS = 20;

const textIn = (claim: unknown) =>
  typeof claim === "string" && claim !== "" ? claim.slice(0, MAX_CLAIM_CHARS) : undefined;

/** What the claims of an ID token or of userinfo say of a person (OpenID Connect Core, section 5.1). */
export function claimedIn(claims: Readonly<Record<string, unknown>>): ClaimedPerson {
  const { preferred_username, email, email_verified, name, department, title } = claims;
  return {
    login: textIn(preferred_username),
    email: textIn(email),
    emailVerified: email_verified === true,
    name: textIn(name),
    attributes: { department: textIn(department), title: textIn(title) },
  };
}

/** Whom a checked ID token names. @param org the issuer of the org's own ID tokens */
export function personIn(claims: IDToken, org: string): Omit<SignedIn, "tokens" | "idToken"> {
  const { sub, groups, auth_time, acr, amr } = claims;
  return {
    ...claimedIn(claims),
    issuer: org,
    subject: sub,
    groups: groupsIn(groups),
    authenticatedAtMs: typeof auth_time === "number" ? auth_time * 1000 : undefined,
    acr: textIn(acr),
    amr: Array.isArray(amr) ? amr.flatMap((method) => textIn(method) ?? []).slice(0, MAX_METHODS) : [],
  };
}

/** Fills what an ID token leaves out with what userinfo says. What both say counts as in the signed token. */
export function completed<Told extends ClaimedPerson>(told: Told, more: ClaimedPerson): Told {
  return {
    ...told,
    login: told.login ?? more.login,
    name: told.name ?? more.name,
    // Whether an address is verified goes with the address.
    ...(told.email === undefined && { email: more.email, emailVerified: more.emailVerified }),
    attributes: {
      department: told.attributes.department ?? more.attributes.department,
      title: told.attributes.title ?? more.attributes.title,
    },
  };
}

/** The assurances of which each takes two factors (Okta's OAuth document, schema `AcrValue`). */
const TWO_FACTORS: ReadonlySet<string> = new Set(["urn:okta:loa:2fa:any", "phr", "phrh"]);

/** True for a sign-in of which Okta says that it had a second factor. */
export function hadSecondFactor({ acr, amr }: Pick<SignedIn, "acr" | "amr">): boolean {
  return amr.includes("mfa") || (acr !== undefined && TWO_FACTORS.has(acr));
}
