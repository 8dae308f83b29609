import { type ActPage, adminActPage } from "../pages/admin-act-page.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import type { AdminHere } from "../web/admin-access.js";
import type { PageContext } from "../web/page-kit.js";
import type { PageRoutes } from "../web/web-server.js";
import { type AdminPageTools, actionOf, addAdminPage, addAdminPost, type SentForm, textIn } from "./admin-routes.js";

/** What an admin is asked before something dangerous. */
export type ActQuestion = Omit<ActPage, "action" | "csrf">;

/** Something dangerous: it is asked about on a page of its own, and done by whoever has just proved who they are. */
export interface AdminAct {
  path: string;
  /** The question, from how things stand at the moment. @throws SignInFailure where it cannot be done */
  ask(context: PageContext, admin: AdminHere): Promise<ActQuestion>;
  /** Does it. @returns the page that comes next */
  run(form: SentForm): Promise<string | Response>;
}

/** Adds the page that asks, and the action of its form. */
export function addAdminAct(app: PageRoutes, tools: AdminPageTools, { path, ask, run }: AdminAct): void {
  addAdminPage(
    app,
    tools,
    path,
    async (frame, { context, here, csrf }) => {
      const action = actionOf(context);
      return adminActPage(frame, { ...(await ask(context, here)), action, csrf: csrf(action) });
    },
    { stepUp: true },
  );
  addAdminPost(app, tools, {
    path,
    stepUp: true,
    async run(form) {
      // Things may stand otherwise than when the page was shown.
      const { typed } = await ask(form.context, form.admin);
      if (typed !== undefined && textIn(form.fields.typed) !== typed.value) throw notTyped();
      return run(form);
    },
  });
}

const notTyped = () =>
  new SignInFailure(
    "not_confirmed",
    "What you typed is not what the page asked for, so nothing was done.",
    "Go back, look once more at whom it concerns, and type it exactly as the page shows it.",
  );
