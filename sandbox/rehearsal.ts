import type { JSONWebKeySet } from "jose";
import { CUSTOM_SERVERS, type CustomServer } from "./custom-server.js";
import { COMPANY_DOMAIN } from "./facts.js";
import { addOAuthApp } from "./oauth-app.js";
import type { Org } from "./org.js";
import type { User } from "./state/model.js";
import { TOKEN_EXCHANGE } from "./token-exchange.js";

/** An app that a company's server names, with what it proves itself by. */
export interface RehearsedApp {
  clientId: string;
  sort: "web" | "service";
  secret: string | undefined;
  /** The public half of its key. */
  jwks: JSONWebKeySet | undefined;
  /** The Okta API scopes that the app is granted. */
  scopes: readonly string[];
  /** The places to which a web app has people sent back. */
  redirectUris: readonly string[];
  /** What a service app may do besides client credentials: exchange the tokens of people. */
  exchanges?: boolean;
}

/** A custom authorization server that the settings name, by the last part of its address. */
export interface RehearsedServer {
  id: string;
  audience: string;
  scopes: readonly string[];
  /** True where clients read the scopes in its metadata. */
  published: boolean;
  /** Claims of its access tokens, each the attribute of its name. */
  claims: readonly string[];
}

/** What a company's server expects of its org. */
export interface Rehearsal {
  apps: readonly RehearsedApp[];
  servers: readonly RehearsedServer[];
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
export function addRehearsal(org: Org, { apps, groups }: Pick<Rehearsal, "apps" | "groups">): RehearsedPerson[] {
  const people: RehearsedPerson[] = [];
  for (const [id, gives] of groups) {
    const user = addPerson(org, gives.join("-"));
    org.addGroup({ id, profile: { name: `${PREFIX}${gives.join("-")}`, description: "A group of serve.json" } }, [
      user,
    ]);
    people.push({ login: String(user.profile.login), gives });
  }
  people.push({ login: String(addPerson(org, "nobody").profile.login), gives: [] });
  for (const { clientId, sort, secret, jwks, scopes, redirectUris, exchanges } of united(apps)) {
    addOAuthApp(org, {
      id: clientId,
      type: sort,
      scopes,
      ...(jwks === undefined ? { ...(secret !== undefined && { secret }) } : { auth: "private_key_jwt", jwks }),
      ...(exchanges && { grantTypes: ["client_credentials", TOKEN_EXCHANGE] }),
      ...(sort === "service" && { assigned: {} }),
      ...(sort === "web" && {
        redirectUris,
        groupsClaim: { filter: "STARTS_WITH", value: PREFIX, lists: "id" },
        assigned: { people: people.map(({ login }) => login) },
      }),
    });
  }
  return people;
}

/** The apps, each once: settings may name one in several places. */
function united(apps: readonly RehearsedApp[]): RehearsedApp[] {
  const byId = new Map<string, RehearsedApp>();
  for (const app of apps) {
    const known = byId.get(app.clientId);
    const both = (one: readonly string[] = [], other: readonly string[]) => [...new Set([...one, ...other])];
    byId.set(app.clientId, {
      ...app,
      ...known,
      scopes: both(known?.scopes, app.scopes),
      redirectUris: both(known?.redirectUris, app.redirectUris),
      exchanges: known?.exchanges === true || app.exchanges === true,
    });
  }
  return [...byId.values()];
}

/**
 * The org's custom authorization servers: its own, and in their place or beside them those that the settings name, each
 * trusted by the others. One has one audience, so that the first of several counts.
 */
export function rehearsedServers(named: readonly RehearsedServer[]): CustomServer[] {
  const servers = new Map(CUSTOM_SERVERS.map((server) => [server.id, server]));
  for (const id of new Set(named.map((server) => server.id))) {
    const parts = named.filter((server) => server.id === id);
    const published = new Set(parts.flatMap((part) => (part.published ? part.scopes : [])));
    const names = [...new Set(parts.flatMap(({ scopes }) => scopes))];
    servers.set(id, {
      id,
      audience: parts[0]?.audience ?? "",
      scopes: names.map((name) => ({ name, published: published.has(name) })),
      accessClaims: [...new Set(parts.flatMap(({ claims }) => claims))].map((name) => ({ name, attribute: name })),
      trustedServers: named.map((server) => server.id).filter((other) => other !== id),
    });
  }
  return [...servers.values()];
}

function addPerson(org: Org, name: string): User {
  const login = `${name}@${COMPANY_DOMAIN}`;
  return org.addUser({ profile: { firstName: name, lastName: "Rehearsal", displayName: name, login, email: login } });
}
