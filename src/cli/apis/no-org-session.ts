import { RefusingSession } from "../../auth/refusing-session.js";
import type { Session } from "../../auth/session.js";
import { NO_ORG } from "../../config/org-url.js";
import { OktaMcpError } from "../../errors/index.js";

/** The session of a server that has a company's own APIs and no org. */
export function noOrgSession(): Session {
  return new RefusingSession(NO_ORG, [], noOrg, "none");
}

const noOrg = () =>
  new OktaMcpError("signed_out", "No Okta org is set: this server is for the company's own APIs alone.", {
    fix: "A person can set OKTA_ORG_URL, OKTA_CLIENT_ID and OKTA_SCOPES, and start the server again.",
  });
