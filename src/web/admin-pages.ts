import type { AdminFrame } from "../pages/admin-frame.js";
import type { Markup } from "../pages/layout.js";
import { type AdminAccess, type AdminHere, SIGN_OUT_PATH } from "./admin-access.js";
import type { PageContext, PageKit } from "./page-kit.js";
import type { PageRoutes } from "./web-server.js";

/** What each kind of admin page works with. */
export interface AdminPageTools {
  kit: PageKit;
  admin: AdminAccess;
  /** Epoch milliseconds. */
  now(): number;
}

/** What surrounds the admin pages, for one admin. */
function frameFor({ kit, admin, now }: AdminPageTools, context: PageContext, here: AdminHere): AdminFrame {
  return {
    org: kit.org,
    login: here.person.login ?? here.person.id,
    isBreakGlass: here.kind === "break_glass",
    signOutCsrf: admin.formToken(context, here, SIGN_OUT_PATH),
    nowMs: now(),
  };
}

/** Makes a page for an admin, with the way to tokens for its forms. */
export type MakeAdminPage = (frame: AdminFrame, here: AdminHere, context: PageContext) => Promise<Markup> | Markup;

/** Adds a page that every admin may see. @param stepUp true where the admin has to have proved a moment ago who they are */
export function addAdminPage(
  app: PageRoutes,
  tools: AdminPageTools,
  path: string,
  make: MakeAdminPage,
  { stepUp = false }: { stepUp?: boolean } = {},
): void {
  app.get(path, async (context) => {
    const here = await tools.admin.enter(context, { stepUp });
    if (here instanceof Response) return here;
    return tools.kit.page(context, await make(frameFor(tools, context, here), here, context));
  });
}
