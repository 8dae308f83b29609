import { visibleStart } from "../text/quote.js";
import type { PendingSignIn } from "./session.js";
import type { SessionParts } from "./session-parts.js";

/** What a session signs in to, for a message, and the advice to sign in there by a command. */
export function signInPlace({ orgUrl, api }: Pick<SessionParts, "orgUrl" | "api">): { place: string; fix?: string } {
  if (api === undefined) return { place: orgUrl };
  return { place: `the API ${api.name} (${orgUrl})`, fix: `Sign in with \`okta-mcp login --api ${api.name}\`.` };
}

/** The org and the app of a sign-in. The person compares them with the page. */
export function signInTarget({ orgUrl, clientId, api }: Pick<PendingSignIn, "orgUrl" | "clientId" | "api">): string {
  const where = api === undefined ? `the Okta org ${orgUrl}` : `the API ${api} by the authorization server ${orgUrl}`;
  return `${where} with the app ${visibleStart(clientId)} (client ID)`;
}

/** What a person has to mind with the link of a sign-in, as a part of a sentence. */
export function signInCheck({ userCode }: Pick<PendingSignIn, "userCode">): string {
  return userCode === ""
    ? "it has to be opened in a browser on the machine on which okta-mcp runs"
    : `the page must show the code ${userCode}`;
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
  const { orgUrl, clientId, verificationUriComplete, userCode, foreignOrigin, expiresAtMs, api } = pending;
  return {
    link: verificationUriComplete,
    ...(userCode === "" ? {} : { code: userCode }),
    ...(api === undefined ? { org: orgUrl } : { api, issuer: orgUrl }),
    client_id: clientId,
    ...(foreignOrigin === undefined ? {} : { foreign_origin: foreignOrigin }),
    expires_at: new Date(expiresAtMs).toISOString(),
  };
}
