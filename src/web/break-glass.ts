import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { adminLinkNeededPage, adminLinkPage } from "../pages/admin-link-page.js";
import { STYLE_PATH } from "../pages/layout.js";
import { STYLE } from "../pages/style.js";
import type { AuditEvent } from "../store/audit.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import { signInFailure } from "../upstream/sign-in-failure.js";
import { ADMIN_LOGIN_PATH, ADMIN_PATH, AdminAccess, type AdminAccessOptions } from "./admin-access.js";
import { MAX_FORM_BYTES, tooLong } from "./front.js";
import { type PageContext, PageKit, type PageKitOptions } from "./page-kit.js";
import type { RunningRequests } from "./running-requests.js";
import type { PageRoutes } from "./web-server.js";
import { WrongTries } from "./wrong-tries.js";

export interface BreakGlassOptions
  extends Omit<PageKitOptions, "store">,
    Omit<AdminAccessOptions, "kit" | "kind" | "store" | "binding"> {
  store: Store;
  requests: RunningRequests;
  /** The port on 127.0.0.1; `publicUrl` is the address with it. */
  port: number;
  /** Adds the pages behind the way in. */
  addAdminPages(app: PageRoutes, tools: { kit: PageKit; admin: AdminAccess }): void;
}

const HOST = "127.0.0.1";
const LINK_PATH = `${ADMIN_PATH}/link`;

/** The time for which a link opens the admin pages. */
const OPEN_MS = 15 * 60_000;
const TRIES = { most: 5, pauseMs: 15 * 60_000 };

/** Whoever comes by a link is nobody of the org, and has no groups. */
const NOBODY_OF_THE_ORG = {
  issuer: "urn:okta-mcp:break-glass",
  subject: "link",
  login: "break-glass",
  name: "Whoever had a link of the machine",
  email: undefined,
  emailVerified: false,
  groups: [],
};

/** The address at which links of the machine count. */
export function breakGlassUrl(port: number): string {
  return `http://${HOST}:${port}`;
}

/** The address of one link. */
export function adminLinkAddress(port: number, secret: string): string {
  return `${breakGlassUrl(port)}${LINK_PATH}/${secret}`;
}

/**
 * Serves the admin pages to whoever has a link of the machine, on a listener of its own. Nothing in front of this server
 * leads there, and no session of it counts anywhere else.
 */
export async function startBreakGlass(options: BreakGlassOptions): Promise<{ close(): Promise<void> }> {
  const { port, log, requests, publicUrl } = options;
  const answer = getRequestListener(breakGlassRoutes(options).fetch as never, { overrideGlobalObjects: false });
  const own = new URL(publicUrl).host;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.run(request, response, log, () => {
      response.setHeader("x-content-type-options", "nosniff");
      response.setHeader("cache-control", "no-store");
      const isShort = Number(request.headers["content-length"] ?? "0") <= MAX_FORM_BYTES;
      // Another page may have its own name lead to this machine.
      if (request.headers.host === own && isShort) void answer(request, response);
      else response.writeHead(isShort ? 403 : tooLong().status, { connection: "close" }).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, HOST, resolve);
  });
  log.warn("links of this machine open the admin pages without Okta (sign_on.break_glass)", { address: publicUrl });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function breakGlassRoutes(options: BreakGlassOptions): PageRoutes {
  const kit = new PageKit(options);
  const admin = new AdminAccess({ ...options, kit, kind: "break_glass" });
  const app: PageRoutes = new Hono();
  app.get(STYLE_PATH, (context) => context.body(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get(ADMIN_LOGIN_PATH, (context) => kit.page(context, adminLinkNeededPage({ org: kit.org })));
  addLinks(app, options, kit, admin);
  admin.addTo(app);
  options.addAdminPages(app, { kit, admin });
  app.notFound((context) => context.json({ error: "not_found" }, 404));
  app.onError((error, context) => kit.failed(context as PageContext, error));
  return app;
}

function addLinks(app: PageRoutes, options: BreakGlassOptions, kit: PageKit, admin: AdminAccess): void {
  const { store, log, now } = options;
  const tries = new WrongTries({ ...TRIES, now });
  app.get(`${LINK_PATH}/:link`, (context) => {
    const link = context.req.param("link");
    const csrf = kit.formToken(context, LINK_PATH);
    return kit.page(context, adminLinkPage({ org: kit.org, link, action: LINK_PATH, csrf }));
  });
  app.post(LINK_PATH, async (context) => {
    const { fields } = await kit.form(context, LINK_PATH);
    // Every try is on record by itself: there are few, since the next ones are refused.
    const record = (event: AuditEvent) => store.audit.add({ ...event, ...kit.origin(context) });
    // A right one counts during the pause too: everybody of the machine shares it, and nobody guesses 256 bits.
    const by = typeof fields.link === "string" ? await store.adminLinks.take(fields.link) : undefined;
    const pauseSeconds = tries.pauseSeconds;
    if (by === undefined && pauseSeconds !== undefined) {
      context.header("retry-after", String(pauseSeconds));
      throw signInFailure("too_many_requests", { message: "Too many links did not count." });
    }
    if (by === undefined) {
      const isLast = tries.failed();
      await record({ action: "break_glass", outcome: "refused", detail: { code: "admin_link_ended" } });
      log[isLast ? "error" : "warn"]("a link of this machine did not count", { no_more_tries: isLast });
      throw signInFailure("admin_link_ended");
    }
    const person = await somebody(store);
    const nowMs = now();
    const times = { atMs: nowMs, endsAtMs: nowMs + OPEN_MS };
    await admin.start(context, { person, kind: "break_glass", acr: undefined, idToken: undefined, ...times });
    await record({ actor: person.id, action: "break_glass", outcome: "done", detail: { link_by: by } });
    log.warn("somebody opened the admin pages by a link of this machine, without Okta", { link_by: by });
    return kit.redirect(context, ADMIN_PATH);
  });
}

/** The person of the record for whoever came by a link. Nobody can block the last way in. */
async function somebody(store: Store): Promise<KnownPerson> {
  const person = await store.people.signedIn(NOBODY_OF_THE_ORG);
  if (person.status === "active") return person;
  await store.people.setStatus(person.id, "active");
  return { ...person, status: "active" };
}
