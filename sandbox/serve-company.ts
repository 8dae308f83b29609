import { COMPANY_DOMAIN, WEB_CLIENT_ID } from "./facts.js";
import { addOAuthApp } from "./oauth-app.js";
import type { Org } from "./org.js";

/** The groups by which a company's server tells what people may do. */
export const SERVE_GROUPS = {
  admins: "okta-mcp-admins",
  helpdesk: "okta-mcp-helpdesk",
  viewers: "okta-mcp-viewers",
  staff: "okta-mcp-staff",
} as const;

/** A name of such a group in the sandbox, without what they have in common. */
export type ServeGroup = keyof typeof SERVE_GROUPS;

/** The people whom the sign-in page offers, with their groups; the last one is in none. */
export const SERVE_PEOPLE: readonly { firstName: string; lastName: string; groups: readonly ServeGroup[] }[] = [
  { firstName: "Ada", lastName: "Admin", groups: ["admins", "staff"] },
  { firstName: "Hana", lastName: "Helpdesk", groups: ["helpdesk", "staff"] },
  { firstName: "Victor", lastName: "Viewer", groups: ["viewers", "staff"] },
  { firstName: "Stella", lastName: "Staff", groups: ["staff"] },
  { firstName: "Nora", lastName: "Norole", groups: [] },
];

/** The login of one of these people. */
export function loginOf({ firstName, lastName }: { firstName: string; lastName: string }): string {
  return `${firstName}.${lastName}@${COMPANY_DOMAIN}`.toLowerCase();
}

/** The web app of a company's server. */
export interface ServeAppOptions {
  redirectUri: string;
  secret: string;
  /** The okta.* scopes that the app is granted. */
  scopes: readonly string[];
}

/**
 * Adds to a seeded org what a company's server needs: its web app, the groups, and people in them.
 * @returns the client id of the app, and the id of each group
 */
export function addServeCompany(
  org: Org,
  { redirectUri, secret, scopes }: ServeAppOptions,
): { clientId: string; groups: Record<ServeGroup, string> } {
  const people = SERVE_PEOPLE.map((person) => {
    const { firstName, lastName, groups } = person;
    const login = loginOf(person);
    const profile = { firstName, lastName, displayName: `${firstName} ${lastName}`, login, email: login };
    return {
      user: org.users.findByLogin(login) ?? org.addUser({ profile: { ...profile, title: "Okta operations" } }),
      groups: new Set<string>(groups),
    };
  });
  const groups = Object.fromEntries(
    Object.entries(SERVE_GROUPS).map(([key, name]) => {
      const members = people.flatMap(({ user, groups }) => (groups.has(key) ? [user] : []));
      return [key, org.addGroup({ profile: { name, description: "Who may use okta-mcp, and for what" } }, members).id];
    }),
  ) as Record<ServeGroup, string>;
  addOAuthApp(org, {
    redirectUris: [redirectUri],
    secret,
    scopes,
    groupsClaim: { filter: "STARTS_WITH", value: "okta-mcp-", lists: "id" },
    assigned: { people: SERVE_PEOPLE.map(loginOf) },
  });
  return { clientId: WEB_CLIENT_ID, groups };
}
