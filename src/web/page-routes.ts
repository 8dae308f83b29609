import type { IncomingMessage } from "node:http";
import { Hono } from "hono";
import type { GrantEndings } from "../issuer/grant-endings.js";
import type { Log } from "../log.js";
import type { Role } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import { ApprovePages } from "./approve-pages.js";
import type { BrowserBinding } from "./browser-binding.js";
import { ConsentPages } from "./consent-pages.js";
import { MePages } from "./me-pages.js";
import { type PageContext, PageKit } from "./page-kit.js";
import type { SignInFlow } from "./sign-in-flow.js";
import { SignInPages } from "./sign-in-pages.js";
import type { PageRoutes } from "./web-server.js";

export interface PageRoutesOptions {
  /** The org's address. */
  orgUrl: string;
  binding: BrowserBinding;
  flow: SignInFlow;
  /** False where another authorization server gives out the tokens, so that no client asks people here. */
  givesOutTokens: boolean;
  endings: GrantEndings;
  store: Store;
  roles(): readonly Role[];
  /** The name of a client for people. */
  clientName(clientId: string): Promise<string>;
  /** The address from which a request comes. */
  addressOf(request: IncomingMessage): string | undefined;
  log: Log;
  /** Epoch milliseconds. */
  now(): number;
}

/** The routes of people: consent and sign-in, approvals, and what they have allowed. */
export function pageRoutes(options: PageRoutesOptions): PageRoutes {
  const kit = new PageKit(options);
  const signIn = new SignInPages({ ...options, kit });
  const app: PageRoutes = new Hono();
  if (options.givesOutTokens) new ConsentPages({ ...options, kit }).addTo(app);
  signIn.addTo(app);
  new ApprovePages({ ...options, kit, signIn }).addTo(app);
  new MePages({ ...options, kit, signIn }).addTo(app);
  app.onError((error, context) => kit.failed(context as PageContext, error));
  return app;
}
