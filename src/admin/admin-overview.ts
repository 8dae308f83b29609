import { html } from "hono/html";
import { adminOverviewPage } from "../pages/admin-overview-page.js";
import { chip, moment, type Shown } from "../pages/page-parts.js";
import { ADMIN_PATH } from "../web/admin-access.js";
import type { PageRoutes } from "../web/web-server.js";
import type { AdminPagesOptions, OrgState } from "./admin-options.js";
import { addAdminPage } from "./admin-routes.js";

/** Adds the first admin page. */
export function addAdminOverview(app: PageRoutes, options: AdminPagesOptions): void {
  const { store, version, current, warning, orgState, facts } = options;
  addAdminPage(app, options, ADMIN_PATH, async (frame) => {
    const { counts } = store;
    const [people, openApprovals, grants, org, further] = await Promise.all([
      counts.people(),
      counts.openApprovals(),
      counts.grants(),
      orgState(),
      facts(),
    ]);
    const content = current();
    return adminOverviewPage(frame, {
      tiles: [
        { number: people.active, name: "People", path: "/admin/people", note: othersOf(people) },
        { number: grants, name: "Programs that may act", path: "/admin/access" },
        { number: openApprovals, name: "Open approvals", path: "/admin/approvals" },
      ],
      state: [
        ["Version", version],
        ["Address", content.public_url],
        ["Sign-in", content.sign_in],
        ["Okta", orgInWords(org)],
        ...further.map(({ name, value, atMs }): [string, Shown] => [
          name,
          atMs === undefined ? value : html`${value} ${moment(atMs, frame.nowMs)}`,
        ]),
      ],
      rooms: org.rooms,
      warning,
    });
  });
}

function othersOf({ blocked, gone }: { blocked: number; gone: number }): string | undefined {
  const others = [...(blocked > 0 ? [`${blocked} blocked`] : []), ...(gone > 0 ? [`${gone} gone at Okta`] : [])];
  return others.length === 0 ? undefined : others.join(", ");
}

function orgInWords({ answer }: OrgState): Shown {
  if (answer.isReachable)
    return html`${chip("reachable", "ok")} <span class="soft">answered in ${answer.tookMs} ms</span>`;
  return html`${chip("not reachable", "bad")} <span class="soft">${answer.why}</span>`;
}
