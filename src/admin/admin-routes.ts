import type { AdminFrame } from "../pages/admin-frame.js";
import type { Markup } from "../pages/layout.js";
import type { KnownPerson } from "../store/stored-people.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import { type AdminAccess, type AdminHere, onlyByPost, SIGN_OUT_PATH } from "../web/admin-access.js";
import type { AuditRecorder } from "../web/client-requests.js";
import type { PageContext, PageKit } from "../web/page-kit.js";
import type { PageRoutes } from "../web/web-server.js";

/** What each kind of admin page works with. */
export interface AdminPageTools {
  kit: PageKit;
  admin: AdminAccess;
  /** Epoch milliseconds. */
  now(): number;
}

/** An admin in front of a page, or behind a form. */
export interface AdminRequest {
  context: PageContext;
  here: AdminHere;
  /** The token for a form of the page. @param purpose what the form is for */
  csrf(purpose: string): string;
}

/** What surrounds the admin pages, for one admin. */
function frameFor({ kit, admin, now }: AdminPageTools, { context, here }: AdminRequest): AdminFrame {
  return {
    org: kit.org,
    login: labelOf(here.person),
    isBreakGlass: here.kind === "break_glass",
    signOutCsrf: admin.formToken(context, here, SIGN_OUT_PATH),
    nowMs: now(),
  };
}

/** The name of a person for people: the login, and our own id for somebody without one. */
export const labelOf = ({ login, id }: Pick<KnownPerson, "login" | "id">): string => login ?? id;

/** Makes a page for an admin. */
export type MakeAdminPage = (frame: AdminFrame, request: AdminRequest) => Promise<Markup> | Markup;

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
    const csrf = (purpose: string) => tools.admin.formToken(context, here, purpose);
    const request = { context, here, csrf };
    return tools.kit.page(context, await make(frameFor(tools, request), request));
  });
}

/** A form that an admin has sent. */
export interface SentForm {
  context: PageContext;
  admin: AdminHere;
  fields: Record<string, string | File>;
  /** Keeps on record what was done, with the admin as the one who did it. */
  record: AuditRecorder;
  /** Who does it, for what ends access: with the address and the name of the request. */
  by: { by: string; ip: string | undefined; requestId: string };
}

export interface AdminPost {
  path: string;
  /** True where the admin has to have proved a moment ago who they are. */
  stepUp?: boolean;
  /** The page of the form, where it has none at its own address. */
  page?(context: PageContext): string;
  /** Does it. @returns the page that comes next */
  run(form: SentForm): Promise<string | Response>;
}

/** The address of a form's action, which is its purpose too, with all that varies in it. */
export function actionOf(context: PageContext): string {
  const { pathname, search } = new URL(context.req.url);
  return pathname + search;
}

/** Adds the action of a form. */
export function addAdminPost(
  app: PageRoutes,
  tools: AdminPageTools,
  { path, stepUp = false, page, run }: AdminPost,
): void {
  const { kit, admin } = tools;
  if (page !== undefined) app.get(path, onlyByPost);
  app.post(path, async (context) => {
    const from = page?.(context);
    const form = await admin.form(context, actionOf(context), {
      stepUp,
      ...(from === undefined ? {} : { page: from }),
    });
    if (form instanceof Response) return form;
    const by = form.admin.person.id;
    const recorder = kit.recorder(context);
    const next = await run({
      context,
      ...form,
      record: (event) => recorder({ actor: by, ...event }),
      by: { by, ...kit.origin(context) },
    });
    return next instanceof Response ? next : kit.redirect(context, next);
  });
}

/** A value of an address or a form that is a text, short enough to mean something. */
export function textIn(value: unknown, max = 300): string | undefined {
  return typeof value === "string" && value.trim() !== "" && value.length <= max ? value.trim() : undefined;
}

/** The refusal of a page about somebody or something that is not there. */
export function nothingHere(what: string): SignInFailure {
  return new SignInFailure(
    "not_found_here",
    `${what} is not there, or no more.`,
    "Go back to the list, which shows what is there now.",
  );
}
