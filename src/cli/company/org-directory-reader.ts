import { OktaMcpError } from "../../errors/index.js";
import { isObject } from "../../json/json.js";
import type { Operations } from "../../okta/operations.js";
import type { DirectoryState, OrgDirectory } from "../../upstream/org-directory.js";
import { appOperations, type GroupReaderOptions, groupReader } from "./group-reader.js";

export interface OrgDirectoryOptions extends GroupReaderOptions {
  /** The id of the web app in Okta, which is that of its client; undefined where there is none. */
  appId: string | undefined;
}

/** The most pages of one list. */
const MAX_PAGES = 2_000;
const USERS_IN_PAGE = 200;
const APP_USERS_IN_PAGE = 500;
/** The time for which it is taken as known that the service app lacks a scope. */
const LACKS_MS = 10 * 60_000;

const STATES: Readonly<Record<string, DirectoryState>> = { SUSPENDED: "suspended", DEPROVISIONED: "deactivated" };

/** Makes what the service app of `directory` reads of Okta. What it lacks the scope for, it does not know. */
export function orgDirectory(options: OrgDirectoryOptions): OrgDirectory {
  const { appId, now } = options;
  const users = appOperations(options, "okta.users.read");
  const optional = (scope: string) => {
    const okta = appOperations(options, scope);
    let lacksUntilMs = 0;
    return async <T>(read: (okta: Operations) => Promise<T>): Promise<T | undefined> => {
      if (now() < lacksUntilMs) return undefined;
      try {
        return await read(okta);
      } catch (error) {
        if (!lacksScope(error)) throw error;
        lacksUntilMs = now() + LACKS_MS;
        options.log.info("the directory app lacks a scope, and what it would tell stays unknown", { scope });
        return undefined;
      }
    };
  };
  const [apps, groups] = [optional("okta.apps.read"), optional("okta.groups.read")];
  return {
    stateOf: (userId) => orMissing(users.users.getUser({ userId }).then(stateIn), "deleted"),
    async there(subjects) {
      const search = subjects.map((id) => `id eq "${id}"`).join(" or ");
      const list = (after: string | undefined) => users.users.listUsers.page({ search, limit: USERS_IN_PAGE, after });
      return idsIn(list, (user) => stateIn(user) === "there");
    },
    async isAssigned(userId) {
      if (appId === undefined) return undefined;
      const read = (okta: Operations) => okta.applications.getApplicationUser({ appId, userId }).then(() => true);
      return apps((okta) => orMissing(read(okta), false));
    },
    async assigned() {
      if (appId === undefined) return undefined;
      return apps((okta) =>
        idsIn((after) => okta.applications.listApplicationUsers.page({ appId, limit: APP_USERS_IN_PAGE, after })),
      );
    },
    groupsOf: groupReader(options),
    async membersOf(groupId) {
      return groups((okta) =>
        orMissing(
          idsIn((after) => okta.groups.listGroupUsers.page({ groupId, limit: USERS_IN_PAGE, after })),
          new Set<string>(),
        ),
      );
    },
  };
}

function stateIn(user: unknown): DirectoryState {
  const status = isObject(user) ? user.status : undefined;
  return (typeof status === "string" ? STATES[status] : undefined) ?? "there";
}

async function orMissing<T>(read: Promise<T>, missing: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof OktaMcpError && error.code === "not_found") return missing;
    throw error;
  }
}

function lacksScope(error: unknown): boolean {
  return error instanceof OktaMcpError && (error.code === "missing_scope" || error.code === "forbidden");
}

interface Page {
  items: readonly unknown[];
  next: string | undefined;
}

/** The ids of a whole list. A list that cannot be read to its end tells nothing. */
async function idsIn(
  page: (after: string | undefined) => Promise<Page>,
  counts: (item: unknown) => boolean = () => true,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let after: string | undefined;
  for (let read = 0; read < MAX_PAGES; read += 1) {
    const { items, next } = await page(after);
    for (const item of items) if (isObject(item) && typeof item.id === "string" && counts(item)) ids.add(item.id);
    if (next === undefined) return ids;
    after = next;
  }
  throw new OktaMcpError("okta_down", `A list of Okta's has more than ${MAX_PAGES} pages.`);
}
