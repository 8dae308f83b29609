import type { KoaContextWithOIDC } from "oidc-provider";
import type { ShownError } from "../issuer/provider.js";
import { errorPage } from "../pages/error-page.js";
import { pageHeaders } from "../pages/layout.js";

/** What happened, and what to do next. */
type Words = readonly [message: string, fix: string];

const AGAIN = "Start again from your program. If it happens again, tell who runs this server the code below.";

/** The codes of the authorization server (RFC 6749, section 4.1.2.1; RFC 8707, section 2), for a person. */
const WORDS: Readonly<Record<string, Words>> = {
  invalid_client: [
    "This server does not know the program that sent you here.",
    "Remove this server's sign-in in your program and connect again, so that it registers anew. If it is described by a document on the web, that document has to be reachable and right.",
  ],
  invalid_client_metadata: [
    "What the program says of itself is not accepted here.",
    "Whoever makes the program has to correct its description. Who runs this server can also list the program as a known client.",
  ],
  invalid_redirect_uri: [
    "The program wants its answer at an address that does not belong to it.",
    "Nothing was sent there. Remove this server's sign-in in your program and connect again; if you did not start this, close the page.",
  ],
  unauthorized_client: [
    "This program may not sign people in here.",
    "Ask who runs this server: they have blocked it, and can allow it again.",
  ],
  invalid_target: ["The program asks for access to another server than this one.", AGAIN],
  session_not_found: [
    "This sign-in has ended, was finished already, or was begun in another browser.",
    "Start again from your program, and finish in the same browser within ten minutes.",
  ],
  temporarily_unavailable: ["This server cannot answer at the moment.", "Wait a minute, then start again."],
  server_error: ["Something failed in this server.", AGAIN],
};

const OTHER: Words = ["The request of the program is not right, so it was not followed.", AGAIN];

/**
 * Shows a page in place of a redirect, where the authorization server has no address that is surely the client's.
 * @param org the org's host
 */
export function showIssuerError(org: string) {
  return async (context: KoaContextWithOIDC, { code, description }: ShownError): Promise<void> => {
    const [message, fix] = WORDS[code] ?? OTHER;
    const why = description === undefined || code === "server_error" ? "" : ` For its maker: ${description}.`;
    for (const [name, value] of Object.entries(pageHeaders())) context.set(name, value);
    context.body = String(await errorPage({ org, code, message, fix: `${fix}${why}` }));
  };
}
