/** The paths at which Okta tells by itself that somebody has left. */
export const REVOCATION_PATH = "/okta/global-token-revocation";
export const EVENTS_PATH = "/okta/events";
