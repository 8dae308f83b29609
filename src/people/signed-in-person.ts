/** Somebody who signed in with Okta. What the org tells of them is data. */
export interface Person {
  /** Our own id, which stays the same when login and e-mail change. */
  id: string;
  /** The org that knows them (`iss` of the ID token). */
  issuer: string;
  /** The id by which the org knows them (`sub`). */
  subject: string;
  /** For people to read; it may change and be given to somebody else. */
  login: string | undefined;
  name: string | undefined;
  email: string | undefined;
  /** The ids of their groups, as of the last look. */
  groups: readonly string[];
}
