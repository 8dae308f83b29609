/** What Okta says of a user: `gone` with the reason, or there. Other states than these leave it to the next sign-in. */
export type DirectoryState = "there" | "suspended" | "deactivated" | "deleted";

/**
 * Okta as the service app of `directory` sees it. Every method throws OktaMcpError where Okta does not answer, which
 * says nothing about anybody.
 */
export interface OrgDirectory {
  /** One user as of now, by id. */
  stateOf(subject: string): Promise<DirectoryState>;
  /** The ids of those who are there, by one search. It may lag behind, so that whoever is missing has to be looked up. */
  there(subjects: readonly string[]): Promise<ReadonlySet<string>>;
  /** Whether a user has the web app as of now; undefined where the service app may not know. */
  isAssigned(subject: string): Promise<boolean | undefined>;
  /** The ids of all users who have the web app; undefined where the service app may not know. */
  assigned(): Promise<ReadonlySet<string> | undefined>;
  /** The ids of a user's groups as of now. */
  groupsOf(subject: string): Promise<readonly string[]>;
  /** The ids of all members of a group; undefined where the service app may not know. */
  membersOf(groupId: string): Promise<ReadonlySet<string> | undefined>;
}
