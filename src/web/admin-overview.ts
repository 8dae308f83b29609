import { adminOverviewPage } from "../pages/admin-overview-page.js";
import type { ServeFile } from "../people/serve-fields.js";
import type { Store } from "../store/open-store.js";
import { ADMIN_PATH } from "./admin-access.js";
import { type AdminPageTools, addAdminPage } from "./admin-pages.js";
import type { PageRoutes } from "./web-server.js";

export interface AdminOverviewOptions extends AdminPageTools {
  store: Pick<Store, "place" | "counts">;
  version: string;
  content: Pick<ServeFile, "sign_in">;
  /** A sentence for whoever looks at the state of the server. */
  warning: string | undefined;
}

/** Adds the first admin page. */
export function addAdminOverview(app: PageRoutes, options: AdminOverviewOptions): void {
  const { store, version, content, warning } = options;
  addAdminPage(app, options, ADMIN_PATH, async (frame) => {
    const { counts, place } = store;
    const [people, openApprovals, grants] = await Promise.all([
      counts.people(),
      counts.openApprovals(),
      counts.grants(),
    ]);
    return adminOverviewPage(frame, {
      tiles: [
        { number: people.active, name: "People", note: othersOf(people) },
        { number: grants, name: "Programs that may act" },
        { number: openApprovals, name: "Open approvals" },
      ],
      state: [
        ["Version", version],
        ["Database", place],
        ["Sign-in", content.sign_in],
      ],
      warning,
    });
  });
}

function othersOf({ blocked, gone }: { blocked: number; gone: number }): string | undefined {
  const others = [...(blocked > 0 ? [`${blocked} blocked`] : []), ...(gone > 0 ? [`${gone} gone at Okta`] : [])];
  return others.length === 0 ? undefined : others.join(", ");
}
