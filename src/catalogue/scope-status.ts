import { covers, howToGrant, isOfCompany } from "../okta/scopes.js";
import type { SignInMethod } from "../okta/token.js";
import type { ScopeStatus } from "../tool.js";
import { type ScopesInUse, type ScopeView, scopeState, toolsOn } from "./active-tools.js";
import type { Catalogue, CatalogueEntry } from "./catalogue.js";
import { listing, MOST_LISTED, reaching } from "./listed-tools.js";

/** The reason why a tool is off for its scope, as the end of a sentence. */
export const WHY_OFF = {
  not_configured: "its scope is not in OKTA_SCOPES",
  not_granted: "the sign-in did not grant its scope",
} as const;

const HOW_TO_SIGN_IN: Readonly<Record<SignInMethod, string>> = {
  none: "No Okta org is set, so Okta's own tools are off and not listed here. Those of the company's own APIs need none of its scopes.",
  device: "Nobody is signed in: call any other tool, or run `okta-mcp login`.",
  code: "Nobody is signed in: call any other tool, or run `okta-mcp login`.",
  "private-key": "The app has no token yet: any other tool gets one with the private key; nobody has to sign in.",
  "access-token": "The token in OKTA_ACCESS_TOKEN is over: put a new one there and restart the server.",
  "role-app": "The service app of your role has no token yet: any other tool gets one; nobody has to sign in.",
  "client-token": "The token of your client is over: have it get a new one.",
  grant: "You have granted no access to the org: call any other tool, whose answer has the link.",
};

/** The same for the people of a company's server. */
const WHY_OFF_IN_COMPANY = {
  not_configured: "its scope is not among those of your role",
  not_granted: "Okta did not grant its scope",
} as const;

/** The reason why a tool that the settings allow is off, as the end of a sentence. */
export function whyOff({ scope, about }: CatalogueEntry, view: ScopesInUse & Partial<ScopeView>): string {
  const state = scopeState(scope, view);
  const isInCompany = view.method !== undefined && isOfCompany(view.method);
  if (state !== "on") return (isInCompany ? WHY_OFF_IN_COMPANY : WHY_OFF)[state];
  return about === "writes" ? "no tool is on that changes anything" : "no tool of the org is on";
}

/** True when some tool needs what a scope stands for, or answers better with it. */
function unlocksSomething(scope: string, { entries, leftOut }: Catalogue): boolean {
  const alone = new Set([scope]);
  return [...entries, ...leftOut.map(({ tool }) => tool)].some((tool) =>
    [tool.scope, ...(tool.alsoUses ?? [])].some((used) => used && covers(alone, used)),
  );
}

/** The tools that a full list does not show, with the tools that find and call each of them. */
function unlistedTools(on: readonly CatalogueEntry[]): ScopeStatus["unlisted_tools"] {
  return listing(on).unlisted.map((tool) => {
    const through = reaching(on, tool).map(({ name }) => name);
    return {
      name: tool.name,
      why: `the list has room for ${MOST_LISTED} tools, and other tools are needed more often; reached through ${through.join(", ")}`,
    };
  });
}

/** Compares what is configured and granted with what the tools need. */
export function scopeStatus(catalogue: Catalogue, view: ScopeView, signedIn: boolean): ScopeStatus {
  const on = toolsOn(catalogue, view);
  const disabled: ScopeStatus["disabled_tools"] = [];
  const ungranted = new Set<string>();
  const unconfigured = new Set<string>();
  for (const tool of catalogue.entries.filter((entry) => !on.includes(entry))) {
    const { name, scope } = tool;
    // Without an org no scope turns a tool on, and a list of them all would only cost the model context.
    if (scope !== null && view.method === "none") continue;
    const state = scopeState(scope, view);
    disabled.push({ name, scope, why: whyOff(tool, view) });
    if (scope !== null) (state === "not_granted" ? ungranted : unconfigured).add(scope);
  }
  for (const { tool, why } of catalogue.leftOut) disabled.push({ name: tool.name, scope: tool.scope, why });
  const advice: string[] = [];
  const { method } = view;
  if (!signedIn) advice.push(HOW_TO_SIGN_IN[method]);
  for (const scope of ungranted) advice.push(howToGrant(scope, method));
  const isInCompany = isOfCompany(method);
  if (unconfigured.size > 0) {
    const where = isInCompany ? "Whoever runs this server can turn more tools on" : "To turn more tools on";
    const how = isInCompany ? " by adding scopes to your role and to the app at Okta" : ", add scopes in both places";
    advice.push(`${where}${how}: ${[...unconfigured].join(", ")}.`);
  }
  if (catalogue.leftOut.length > 0) {
    const who = isInCompany
      ? "whoever runs this server can change that"
      : "a person can change that setting and start the server again";
    advice.push(`Tools that a setting leaves out: only ${who}.`);
  }
  const unlisted = unlistedTools(on);
  if (unlisted.length > 0) {
    const room = isInCompany ? "a role with fewer tools makes" : "fewer scopes, or OKTA_MCP_TOOLS, make";
    advice.push(`Tools that are not listed are on all the same; ${room} room for them.`);
  }
  return {
    signed_in: signedIn,
    configured_scopes: [...view.configured],
    granted_scopes: view.granted ? [...view.granted] : null,
    unlocking_nothing: [...view.configured].filter(
      (scope) => scope.startsWith("okta.") && !unlocksSomething(scope, catalogue),
    ),
    active_tools: on.map(({ name }) => name),
    disabled_tools: disabled,
    unlisted_tools: unlisted,
    what_to_do: advice,
  };
}
