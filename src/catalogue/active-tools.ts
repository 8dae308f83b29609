import type { Session } from "../auth/session.js";
import type { ToolFor } from "../okta/purpose.js";
import { covers, type Scope } from "../okta/scopes.js";
import type { SignInMethod } from "../okta/token.js";
import type { ToolCard } from "./catalogue.js";
import { actsItself } from "./tool-sorts.js";

/** The scopes that decide whether a tool is on. */
export interface ScopesInUse {
  /** `OKTA_SCOPES`. */
  configured: ReadonlySet<string>;
  /** The scopes of the token; undefined while they are not known. */
  granted: ReadonlySet<string> | undefined;
}

/** The scopes of a session, for a person. */
export interface ScopeView extends ScopesInUse {
  /** The way in which the session signs in, for advice. */
  method: SignInMethod;
}

/** The scopes that the session may use now. */
export function scopeView(session: Pick<Session, "configured" | "granted" | "method">): ScopeView {
  return { configured: session.configured, granted: session.granted(), method: session.method };
}

/** Whether a session may use a scope, and otherwise the place where it is missing. */
export function scopeState(scope: Scope | null, view: ScopesInUse): "on" | "not_configured" | "not_granted" {
  if (scope === null) return "on";
  if (!covers(view.configured, scope)) return "not_configured";
  if (view.granted !== undefined && !covers(view.granted, scope)) return "not_granted";
  return "on";
}

/**
 * The tools that are on for a session: those whose scope it has, those of a company's APIs, and those that do nothing
 * themselves and have a tool to be about.
 */
export function toolsOn<Card extends ToolCard>({ entries }: { entries: readonly Card[] }, view: ScopesInUse): Card[] {
  const on = entries.filter((tool) => actsItself(tool) && scopeState(tool.scope, view) === "on");
  const writes = on.some(({ effect }) => effect !== "reads");
  const hasSubject = ({ about }: ToolCard) => about === undefined || (about === "all" ? on.length > 0 : writes);
  return entries.filter((tool) => (actsItself(tool) ? on.includes(tool) : hasSubject(tool)));
}

/** Gives the name of the tool that serves a purpose, among those that are on for a session at the moment of asking. */
export function toolsByPurpose(listing: { entries: readonly ToolCard[] }, view: () => ScopesInUse): ToolFor {
  return (purpose) => toolsOn(listing, view()).find((tool) => tool.purpose === purpose)?.name;
}
