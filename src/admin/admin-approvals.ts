import { adminApprovalsPage, type ListedApproval } from "../pages/admin-approvals-page.js";
import { ADMIN_SECTIONS } from "../pages/admin-frame.js";
import type { Approval } from "../store/approvals.js";
import type { PageRoutes } from "../web/web-server.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { addAdminPage, textIn as text } from "./admin-routes.js";

const PAGE_ROWS = 50;
const ANSWERS = 50;

/** Adds the page about approvals. It only shows: nobody answers for somebody else. */
export function addAdminApprovals(app: PageRoutes, options: AdminPagesOptions): void {
  const { store, clientNames, now } = options;
  const { path } = ADMIN_SECTIONS.approvals;
  addAdminPage(app, options, path, async (frame, { context }) => {
    const after = text(context.req.query("after"), 2_000);
    const isFirst = after === undefined;
    const [{ rows, next }, answers] = await Promise.all([
      store.approvals.page({ after, size: PAGE_ROWS }),
      isFirst ? store.audit.page({ action: "approve", limit: ANSWERS }) : [],
    ]);
    const nameOf = await clientNames([...rows, ...answers].map(({ client }) => client));
    const labels = await store.peopleLists.labels(rows.map(({ person }) => person));
    return adminApprovalsPage(frame, {
      latest: rows.map((one) => ({
        person: one.person,
        label: labels.get(one.person) ?? one.person,
        client: nameOf(one.client),
        tool: one.tool,
        title: String(one.shown.question).split("\n", 1)[0] ?? "",
        state: stateOf(one, now()),
        createdAtMs: one.createdAtMs,
        endsAtMs: one.endsAtMs,
      })),
      pages: { address: path, isFirst, next, count: rows.length },
      answers: answers.map(({ actor, login, client, outcome, atMs, detail }) => ({
        person: login === undefined ? undefined : actor,
        label: login ?? actor ?? "somebody unknown",
        client: client === undefined ? "" : nameOf(client),
        tool: typeof detail?.tool === "string" ? detail.tool : undefined,
        yes: outcome === "done",
        atMs,
      })),
    });
  });
}

function stateOf({ state, endsAtMs }: Approval, nowMs: number): ListedApproval["state"] {
  return state === "open" && endsAtMs <= nowMs ? "ended" : state;
}
