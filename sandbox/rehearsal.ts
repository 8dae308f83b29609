import type { JSONWebKeySet } from "jose";
import { COMPANY_DOMAIN } from "./facts.js";
import { addOAuthApp } from "./oauth-app.js";
import type { Org } from "./org.js";
import type { User } from "./state/model.js";

/** An app that a company's server names, with what it proves itself by. */
export interface RehearsedApp {
  clientId: string;
  sort: "web" | "service";
  secret: string | undefined;
  /** The public half of its key. */
  jwks: JSONWebKeySet | undefined;
  scopes: readonly string[];
}

/** What a company's server expects of its org. */
export interface Rehearsal {
  redirectUri: string;
  apps: readonly RehearsedApp[];
  /** The names of what each group gives, by the id of the group. */
  groups: ReadonlyMap<string, readonly string[]>;
}

/** A person of a rehearsal, and what their group gives. */
export interface RehearsedPerson {
  login: string;
  gives: readonly string[];
}

const PREFIX = "company-";

/** Adds to a seeded org what the settings of a company's server name, and a person for each group and one without. */
export function addRehearsal(org: Org, { redirectUri, apps, groups }: Rehearsal): RehearsedPerson[] {
  const people: RehearsedPerson[] = [];
  for (const [id, gives] of groups) {
    const user = addPerson(org, gives.join("-"));
    org.addGroup({ id, profile: { name: `${PREFIX}${gives.join("-")}`, description: "A group of serve.json" } }, [
      user,
    ]);
    people.push({ login: String(user.profile.login), gives });
  }
  people.push({ login: String(addPerson(org, "nobody").profile.login), gives: [] });
  for (const { clientId, sort, secret, jwks, scopes } of apps) {
    addOAuthApp(org, {
      id: clientId,
      type: sort,
      scopes,
      ...(jwks === undefined ? { ...(secret !== undefined && { secret }) } : { auth: "private_key_jwt", jwks }),
      ...(sort === "web" && {
        redirectUris: [redirectUri],
        groupsClaim: { filter: "STARTS_WITH", value: PREFIX, lists: "id" },
        assigned: { people: people.map(({ login }) => login) },
      }),
    });
  }
  return people;
}

function addPerson(org: Org, name: string): User {
  const login = `${name}@${COMPANY_DOMAIN}`;
  return org.addUser({ profile: { firstName: name, lastName: "Rehearsal", displayName: name, login, email: login } });
}
