import type { ToolCard } from "../../catalogue/catalogue.js";
import { isKnownScope, SCOPES, type Scope } from "../../okta/scopes.js";
import { REFERENCE } from "./reference-uri.js";
import { code, codes, page } from "./text-parts.js";

/** The scopes in plain words, each with the tools that need it. @param tools those of the caller */
export function scopePage(tools: readonly ToolCard[]): string {
  const scopes = Object.keys(SCOPES).filter(isKnownScope);
  const needing = (scope: Scope) => tools.filter((tool) => tool.scope === scope).map(({ name }) => name);
  return page(
    "Scopes",
    "A scope says what a token may be used for at Okta. It never gives more than the role of the admin or service app behind the token.",
    [
      "Without its scope a tool is not listed, and a call of it answers missing_scope.",
      "A scope has to be in two places: the settings of this server, and the app in Okta (Okta API Scopes).",
      "`okta.x.manage` covers `okta.x.read`.",
      `What else can be missing: ${REFERENCE}/errors/missing_scope and ${REFERENCE}/errors/forbidden.`,
    ],
    "## Each scope, and the tools that need it",
    scopes.map((scope) => {
      const names = needing(scope);
      return `${code(scope)}: ${SCOPES[scope]}. ${names.length === 0 ? "None of your tools needs it." : codes(names)}`;
    }),
  );
}
