/** The properties of every client. */
export interface ClientBase {
  id: string;
  /** The app's name, as the org's admins gave it. */
  label: string;
  /** The Okta API scopes granted to the app; undefined where it was granted all. */
  scopes?: readonly string[] | undefined;
  /** "Require Demonstrating Proof of Possession (DPoP) header in token requests". */
  dpopRequired?: boolean | undefined;
}
