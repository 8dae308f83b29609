import { Departures } from "../../upstream/departures.js";
import type { OktaLogin } from "../../upstream/okta-login.js";
import { OrgRevocations } from "../../upstream/org-revocations.js";
import type { CompanyParts } from "./company-parts.js";

/** What ends people's access, here and at the org. */
export interface LeavingParts {
  departures: Departures;
  revocations: OrgRevocations;
}

/** Puts together how access ends. @param login undefined where there is no web app, and so no token of anybody's */
export function leavingParts({ store, log }: CompanyParts, login: OktaLogin | undefined): LeavingParts {
  const revokeAtOrg = login && ((token: string, kind: "refresh_token" | "access_token") => login.revoke(token, kind));
  const revocations = new OrgRevocations({ store, revokeAtOrg, log });
  return { revocations, departures: new Departures({ store, revocations }) };
}
