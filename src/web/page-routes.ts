import type { IncomingMessage } from "node:http";
import { Hono } from "hono";
import type { AddressLimits } from "../issuer/address-limits.js";
import type { Log } from "../log.js";
import type { AdminSettings } from "../people/admin-schema.js";
import type { Role } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import type { Departures } from "../upstream/departures.js";
import type { GroupSync } from "../upstream/group-sync.js";
import type { OktaLogin } from "../upstream/okta-login.js";
import type { PersonChecks } from "../upstream/person-checks.js";
import { signInFailure } from "../upstream/sign-in-failure.js";
import type { Watch } from "../watch/observer.js";
import { AdminAccess } from "./admin-access.js";
import { ApiLinkPages } from "./api-link-pages.js";
import type { ApiLinks } from "./api-links.js";
import { ApprovePages } from "./approve-pages.js";
import type { BrowserBinding } from "./browser-binding.js";
import type { ClientRequests } from "./client-requests.js";
import { ConsentPages } from "./consent-pages.js";
import { MePages } from "./me-pages.js";
import { type PageContext, PageKit } from "./page-kit.js";
import type { RunningRequests } from "./running-requests.js";
import type { SignInFlow } from "./sign-in-flow.js";
import { SignInPages } from "./sign-in-pages.js";
import { SignOut } from "./sign-out.js";
import { SsoPages } from "./sso-pages.js";
import type { PageRoutes } from "./web-server.js";

export interface PageRoutesOptions {
  /** The address at which clients reach this server, without a slash at its end. */
  publicUrl: string;
  /** The org's address. */
  orgUrl: string;
  binding: BrowserBinding;
  flow: SignInFlow;
  /** The links of people to the company's APIs. */
  links: ApiLinks;
  login: OktaLogin;
  checks: PersonChecks;
  departures: Departures;
  /** The requests of clients; undefined where clients get their tokens elsewhere. */
  requests: ClientRequests | undefined;
  store: Store;
  roles(): readonly Role[];
  /** Who may use the admin pages at this moment; undefined where there are none. */
  admins(): AdminSettings | undefined;
  /** Reads somebody's groups anew where they are too old for an admin. */
  groupSync: Pick<GroupSync, "fresh">;
  /** Adds the pages behind the sign-in of admins. */
  addAdminPages(app: PageRoutes, tools: AdminTools): void;
  /** What one address may ask for. A page may begin a sign-in, which the store keeps, before anybody is known. */
  limits: AddressLimits;
  /** The address from which a request comes. */
  addressOf(request: IncomingMessage): string | undefined;
  /** The names of requests. */
  requestIds: Pick<RunningRequests, "idOf">;
  watch: Pick<Watch, "observer">;
  log: Log;
  /** Epoch milliseconds. */
  now(): number;
}

/** What the pages of admins are made with. */
export interface AdminTools {
  kit: PageKit;
  admin: AdminAccess;
}

/** The routes of people: consent and sign-in, approvals, and what they have allowed. */
export function pageRoutes(options: PageRoutesOptions): PageRoutes {
  const { requests } = options;
  const kit = new PageKit(options);
  const admin = new AdminAccess({ ...options, kit });
  const signIn = new SignInPages({ ...options, kit, admin });
  const signOut = new SignOut({ ...options, kit });
  const clientName = (id: string) => requests?.nameOf(id) ?? Promise.resolve(id);
  const app: PageRoutes = new Hono();
  app.use(async (context, next) => {
    const seconds = options.limits.take(options.addressOf(context.env.incoming) ?? "");
    if (seconds === undefined) return next();
    context.header("retry-after", String(seconds));
    return kit.failed(context as PageContext, signInFailure("too_many_requests"));
  });
  if (requests !== undefined) new ConsentPages({ ...options, kit, requests }).addTo(app);
  // The org's own page comes first: no API has its name.
  signIn.addTo(app);
  new ApiLinkPages({ ...options, kit, signIn }).addTo(app);
  new SsoPages({ ...options, kit, signOut }).addTo(app);
  admin.addTo(app);
  options.addAdminPages(app, { kit, admin });
  new ApprovePages({ ...options, kit, signIn, clientName }).addTo(app);
  new MePages({ ...options, kit, signIn, signOut, clientName }).addTo(app);
  app.onError((error, context) => kit.failed(context as PageContext, error));
  return app;
}
