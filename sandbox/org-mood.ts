/** The present strictness of the org. */
export interface OrgMood {
  /** True where every device sign-in is allowed at once. */
  autoApprove: boolean;
  /** The login of the person who is signed in at once wherever a sign-in page would come; undefined for nobody. */
  autoSignIn: string | undefined;
  /** The only Okta API scopes that are granted; undefined grants all scopes of the app. */
  grantOnly: ReadonlySet<string> | undefined;
  refuseRefresh: boolean;
  /** True where every client has to prove its key at the token endpoint. */
  demandDpop: boolean;
  /** True where the API, too, asks for a nonce in proofs. */
  demandApiNonce: boolean;
  /** True where every sign-in takes a second factor. */
  demandMfa: boolean;
  /** The number of sign-ins to come that take a second factor. */
  mfaNext: number;
  /** Refusals of the authorization requests to come, each for one. */
  authorizeErrors: { error: string; description: string }[];
  /** Where somebody without the app is told so: at the client (Okta's way for OpenID Connect) or on a page of the org. */
  tellsUnassigned: "client" | "page";
  /** True where a confidential client may introspect the tokens of other clients. */
  introspectsOthers: boolean;
  /** People, by id, who are no administrators: the API refuses them everything, whatever the scopes. */
  withoutRights: Set<string>;
}
