import { visibleStart } from "../text/quote.js";
import type { PendingSignIn } from "./session.js";

/** The org and the app of a sign-in. The person compares them with the page. */
export function signInTarget({ orgUrl, clientId }: Pick<PendingSignIn, "orgUrl" | "clientId">): string {
  return `the Okta org ${orgUrl} with the app ${visibleStart(clientId)} (client ID)`;
}

/** The warning beside a link that leads elsewhere than to the org; undefined for a link to the org. */
export function foreignLinkWarning({
  orgUrl,
  foreignOrigin,
}: Pick<PendingSignIn, "orgUrl" | "foreignOrigin">): string | undefined {
  if (foreignOrigin === undefined) return undefined;
  return `Careful: the link leads to ${foreignOrigin}, which is not the address of the org (${orgUrl}), and was therefore not opened. Open it only if you know that address as one of your org's own.`;
}

/** The facts of a sign-in that waits, for programs. */
export function signInData(pending: PendingSignIn): Record<string, unknown> {
  const { orgUrl, clientId, verificationUriComplete, userCode, foreignOrigin, expiresAtMs } = pending;
  return {
    link: verificationUriComplete,
    code: userCode,
    org: orgUrl,
    client_id: clientId,
    ...(foreignOrigin === undefined ? {} : { foreign_origin: foreignOrigin }),
    expires_at: new Date(expiresAtMs).toISOString(),
  };
}
