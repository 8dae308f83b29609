import { givenRedirectKind, RIGHT_REDIRECTS } from "../../issuer/redirect-rules.js";
import type { ServeChecks } from "../../people/load-serve.js";
import { toolCards } from "../tool-cards.js";

/** What serve.json is held against besides its schema: the tools, and the rules for redirect URIs. */
export const SERVE_CHECKS: ServeChecks = {
  tools: toolCards,
  further({ members: { clients = [] } }, add) {
    for (const [index, { redirect_uris }] of clients.entries()) {
      for (const [at, uri] of redirect_uris.entries()) {
        if (givenRedirectKind(uri) !== undefined) continue;
        add(["clients", index, "redirect_uris", at], `is no right redirect URI. Use ${RIGHT_REDIRECTS}`);
      }
    }
  },
};
