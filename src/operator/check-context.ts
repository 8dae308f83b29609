import type { AppCredentials } from "../auth/client-authentication.js";
import type { Session } from "../auth/session.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import { readApp } from "../config/app-files.js";
import type { Log } from "../log.js";
import { exchange } from "../net/exchange.js";
import type { HttpAnswer, SendHttp } from "../net/http-client.js";
import { inWords, NoAnswer } from "../net/no-answer.js";
import type { ServerClock } from "../net/server-clock.js";
import type { Operations } from "../okta/operations.js";
import type { Role, ServiceApp } from "../people/roles.js";
import type { ServeFile } from "../people/serve-fields.js";
import type { CompanyApis } from "../upstream/company-apis.js";

/** A service app, signed in, and Okta's operations by its right. */
export interface OpenedApp {
  session: Session;
  operations: Operations;
}

/** All that a check of a company's server works with. */
export interface CheckContext {
  content: ServeFile;
  /** The path of serve.json. */
  file: string;
  roles: readonly Role[];
  env: Readonly<Record<string, string | undefined>>;
  /** The org's origin. */
  orgUrl: string;
  /** The address at which clients reach the server, without a slash at its end. */
  publicUrl: string;
  fetch: SendHttp;
  /** The org's clock; it learns from every answer. */
  clock: ServerClock;
  log: Log;
  /** Epoch milliseconds. */
  now(): number;
  /** The company's APIs, each with its authorization server. */
  apis: CompanyApis;
  /** The tools that a role's choice leaves, those of APIs among them. */
  catalogueOf(role: Role): Catalogue;
  /** Opens a service app. Nothing is sent yet. */
  openApp(app: ServiceApp, scopes: readonly string[]): OpenedApp;
}

/** An answer of a server, or the reason why none came. */
export type OrgAnswer = { status: number; headers: HttpAnswer["headers"]; text: string } | { reason: string };

const TIME_LIMIT_MS = 15_000;
const MAX_BYTES = 2_000_000;

export interface AskOptions {
  method?: "GET" | "POST";
  form?: Record<string, string>;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** Sends one request, without following redirects. It goes to the org and to our own addresses alone. */
export async function ask(
  { fetch, clock }: Pick<CheckContext, "fetch" | "clock">,
  url: URL,
  { method = "GET", form, headers = {}, signal }: AskOptions = {},
): Promise<OrgAnswer> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const type: Record<string, string> =
    form === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" };
  try {
    const { response, text } = await exchange(
      { method, url, headers: { Accept: "application/json", ...type, ...headers }, body },
      { fetch, clock, signal, timeLimitMs: TIME_LIMIT_MS, maxBytes: MAX_BYTES, what: `${method} ${url.pathname}` },
    );
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    if (error instanceof NoAnswer) return { reason: inWords(error.why).reason };
    throw error;
  }
}

/** Where serve.json stands, and what it says. */
type Settings = Pick<CheckContext, "content" | "file">;

/** Mistakes of files are told when serve.json is loaded. */
const toldBefore = () => {};

/** The web app in Okta, with its secret or key; undefined where serve.json names none. */
export function webApp({ content, file }: Settings): AppCredentials | undefined {
  return readApp(content.okta, file, toldBefore);
}

/** The app with which the server introspects; undefined where it has none. */
export function introspectingApp({ content, file }: Settings): AppCredentials | undefined {
  return content.tokens && readApp(content.tokens, file, toldBefore);
}

/** The service app that reads the directory; undefined where serve.json names none, or its key cannot be read. */
export function directoryApp({ content, file }: Settings): ServiceApp | undefined {
  const app = content.directory && readApp(content.directory, file, toldBefore);
  return app?.privateKey && { clientId: app.clientId, key: app.privateKey };
}

/** The scopes with which the directory app reads people's groups. */
export const DIRECTORY_SCOPES = ["okta.users.read", "okta.groups.read"] as const;
