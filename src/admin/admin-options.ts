import type { ToolCard } from "../catalogue/catalogue.js";
import type { Choosable } from "../catalogue/choice.js";
import type { Log } from "../log.js";
import type { EffectiveRights } from "../operator/who.js";
import type { AdminSettings } from "../people/admin-schema.js";
import type { Role } from "../people/roles.js";
import type { ServeFile } from "../people/serve-fields.js";
import type { Store } from "../store/open-store.js";
import type { Departures } from "../upstream/departures.js";
import type { Erasure } from "../upstream/erasure.js";
import type { GroupSync } from "../upstream/group-sync.js";
import type { AdminPageTools } from "./admin-routes.js";

/** How the org's API stands towards this instance. */
export interface OrgState {
  /** True where the org has just answered; otherwise why not. */
  answer: { isReachable: true; tookMs: number } | { isReachable: false; why: string };
  /** What is left of each rate limit that this instance has met, in its present window. */
  rooms: readonly { endpoint: string; left: number; limit: number; resetMs: number }[];
}

/** A fact about the server, for the first page. */
export interface ServerFact {
  name: string;
  value: string;
  /** A moment that belongs to it, in epoch milliseconds. */
  atMs?: number | undefined;
}

/** A tool, as far as lists of tools need it. */
export type ShownTool = Choosable & Pick<ToolCard, "scope">;

export interface AdminPagesOptions extends AdminPageTools {
  store: Store;
  version: string;
  /** The settings at this moment. */
  current(): ServeFile;
  roles(): readonly Role[];
  admins(): AdminSettings | undefined;
  /** A sentence for whoever looks at the state of the server. */
  warning: string | undefined;
  departures: Departures;
  erasure: Pick<Erasure, "erase">;
  groupSync: GroupSync;
  /** The way to the names of some clients for people. */
  clientNames(ids: Iterable<string | undefined>): Promise<(id: string) => string>;
  /** Where clients get their tokens, where that is not here. */
  tokensFrom: string | undefined;
  /** All tools of this version. */
  tools: readonly ShownTool[];
  /** The names of the tools that a role allows. */
  toolsOf(role: Role): ReadonlySet<string>;
  /** What somebody may do and why, as `okta-mcp serve who` tells it. */
  rightsOf(login: string): Promise<EffectiveRights[]>;
  log: Pick<Log, "error">;
  orgState(): Promise<OrgState>;
  /** Further facts about the server. */
  facts(): Promise<readonly ServerFact[]>;
}
