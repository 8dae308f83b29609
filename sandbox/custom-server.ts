import { HR_AUDIENCE, HR_SERVER_ID, MCP_SERVER_ID } from "./facts.js";
import type { GroupsClaim } from "./groups-claim.js";

/** A scope of a custom authorization server. */
export interface CustomScope {
  name: string;
  /** True where a person is asked before a client gets it. */
  consent?: boolean;
  /** True where a request without `scope` gets it. */
  default?: boolean;
  /** True where the metadata name it ("Include in public metadata"), which Okta does not by itself. */
  published?: boolean;
}

/** A claim whose value is an attribute of the person, as `user.department`. */
export interface PersonClaim {
  name: string;
  /** The attribute of the person's profile. */
  attribute: string;
  /** `always` in the ID token, or only at /userinfo where an access token comes too. */
  when: "always" | "userinfo";
}

/** A claim of access tokens about the person, whose value is an attribute, as `user.employeeNumber`. */
export interface AccessClaim {
  name: string;
  /** The attribute of the person's profile. A person without a value has no such claim. */
  attribute: string;
  /** The scopes of which one has to be granted; undefined for whatever scopes. */
  scopes?: readonly string[];
}

/** The settings of a custom authorization server, with one access policy of one rule. */
export interface CustomServer {
  /** `default` is the one that Okta makes; another's id begins with `aus`. */
  id: string;
  /** The one audience of its access tokens. */
  audience: string;
  /** Its own scopes, besides those of OpenID Connect. */
  scopes: readonly CustomScope[];
  /** The clients of its policy, by id; undefined for all clients. */
  clients?: readonly string[];
  /** The grant types of its policy's rule; undefined for all. A refresh goes with the grant before it. */
  grantTypes?: readonly string[];
  /** A groups claim in access and ID tokens, whatever the scopes. */
  groupsClaim?: GroupsClaim;
  /** Claims about people in ID tokens and at /userinfo, whatever the scopes. */
  personClaims?: readonly PersonClaim[];
  /** Claims about people in access tokens. */
  accessClaims?: readonly AccessClaim[];
  /** The other custom servers whose access tokens may be exchanged here ("Trusted servers"), by id. */
  trustedServers?: readonly string[];
  /** Further claims of access tokens. `userId` is undefined where a service acts for itself. */
  claims?: (token: { userId: string | undefined; clientId: string }) => Record<string, unknown>;
  /** Five minutes to a day. Default one hour. */
  accessTokenLifetimeSeconds?: number;
  /** Default 90 days. */
  refreshTokenLifetimeSeconds?: number;
}

/** The servers of an org that was not told otherwise. */
export const CUSTOM_SERVERS: readonly CustomServer[] = [
  { id: "default", audience: "api://default", scopes: [] },
  { id: MCP_SERVER_ID, audience: "https://mcp.acme-robotics.example/mcp", scopes: [{ name: "mcp" }] },
  hrServer(),
];

/** The server of the practice API, as its company set it up. */
export function hrServer(change: Partial<CustomServer> = {}): CustomServer {
  return {
    id: HR_SERVER_ID,
    audience: HR_AUDIENCE,
    scopes: [{ name: "hr.read" }, { name: "hr.write" }],
    accessClaims: [
      { name: "gpid", attribute: "gpid" },
      { name: "employeeNumber", attribute: "employeeNumber" },
    ],
    trustedServers: [MCP_SERVER_ID],
    ...change,
  };
}

/**
 * The settings with their defaults, where Okta would take them.
 * @throws RangeError for a lifetime that Okta refuses, and for a scope that is its own
 */
export function checkedServer(server: CustomServer) {
  const { accessTokenLifetimeSeconds = 3600, refreshTokenLifetimeSeconds = 90 * 24 * 3600 } = server;
  if (accessTokenLifetimeSeconds < 300 || accessTokenLifetimeSeconds > 24 * 3600) {
    throw new RangeError("An access token of a custom authorization server lives from five minutes to a day.");
  }
  const reserved = server.scopes.find(({ name }) => name.startsWith("okta."));
  if (reserved !== undefined) {
    throw new RangeError(`A custom authorization server has no scope ${reserved.name}: okta.* is the org's own.`);
  }
  return { ...server, accessTokenLifetimeSeconds, refreshTokenLifetimeSeconds };
}
