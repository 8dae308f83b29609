/** The URI under which all of our own texts are. */
export const REFERENCE = "okta://reference";
