import type { GroupsClaim } from "../groups-claim.js";
import type { Area } from "./org-state.js";

/** The settings of an app's sign-in that its object does not show: the "Okta API Scopes" and "Sign On" tabs. */
export interface AppGrants {
  /** The Okta API scopes granted to the app. */
  scopes: readonly string[];
  /** The groups claim of the org's ID tokens; undefined where they have none, as for a new app. */
  groupsClaim?: GroupsClaim | undefined;
}

/** Those settings by app id. An app without an entry has no scopes and no claim. */
export const appGrantsArea: Area<Map<string, AppGrants>> = { name: "app grants", create: () => new Map() };
