import type { PageRoutes } from "../web/web-server.js";
import { addAccessPages } from "./admin-access-pages.js";
import { addAdminApprovals } from "./admin-approvals.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { addAdminOverview } from "./admin-overview.js";
import { addAdminPeople } from "./admin-people.js";
import { addPersonActs } from "./admin-person-acts.js";
import { addAdminRecords } from "./admin-records.js";
import { addAdminRoles } from "./admin-roles.js";

/** Adds all pages of admins. */
export function addAdminPages(app: PageRoutes, options: AdminPagesOptions): void {
  addAdminOverview(app, options);
  addAdminPeople(app, options);
  addPersonActs(app, options);
  addAccessPages(app, options);
  addAdminRoles(app, options);
  addAdminApprovals(app, options);
  addAdminRecords(app, options);
}
