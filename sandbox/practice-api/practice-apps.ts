import { HR_NATIVE_CLIENT_ID, HR_SERVICE_CLIENT_ID, HR_WEB_CLIENT_ID } from "../facts.js";
import { addOAuthApp, type OAuthAppOptions } from "../oauth-app.js";
import type { Org } from "../org.js";
import { TOKEN_EXCHANGE } from "../token-exchange.js";
import { giveGpids } from "./staff.js";

/** The port to which sign-ins of a server on stdio come back. */
export const REDIRECT_PORT = 8484;

/** The place to which a server on stdio has the answer to a sign-in sent. Okta compares it letter by letter. */
export const nativeRedirectUri = (port = REDIRECT_PORT) => `http://127.0.0.1:${port}/callback`;

export interface PracticeAppsOptions {
  /** Default: `nativeRedirectUri()`. */
  nativeRedirectUris?: readonly string[];
  /** The web app's; without one the org has no web app for the API. */
  webRedirectUris?: readonly string[];
  /** Default: one that is made up. */
  webSecret?: string;
  /** Default: one that is made up. */
  serviceSecret?: string;
}

/** The clients of the practice API, with the secrets of those that have one. */
export interface PracticeApps {
  native: { clientId: string };
  web: { clientId: string; clientSecret: string } | undefined;
  service: { clientId: string; clientSecret: string };
}

/**
 * Adds to an org what the practice API needs there besides its authorization server: a `gpid` for everybody who is there
 * by now, and apps: a native one for stdio, a web app for a company's server, and a service for client credentials and
 * for token exchange. An app that the org has by now stays as it is.
 */
export function addPracticeApps(org: Org, options: PracticeAppsOptions = {}): PracticeApps {
  const { nativeRedirectUris = [nativeRedirectUri()], webRedirectUris, webSecret, serviceSecret } = options;
  giveGpids(org);
  const hasEveryone = org.groups.all().some(({ profile }) => profile.name === "Everyone");
  const everybody = hasEveryone ? { assigned: { groups: ["Everyone"] } } : {};
  const add = (app: OAuthAppOptions & { id: string }) => ({
    clientId: app.id,
    clientSecret: (org.apps.get(app.id) === undefined && addOAuthApp(org, app).clientSecret) || "",
  });
  const native = add({
    id: HR_NATIVE_CLIENT_ID,
    label: "HR for my assistant",
    type: "native",
    redirectUris: nativeRedirectUris,
    ...everybody,
  });
  const web =
    webRedirectUris &&
    add({
      id: HR_WEB_CLIENT_ID,
      label: "HR for assistants",
      redirectUris: webRedirectUris,
      pkceRequired: true,
      ...everybody,
      ...(webSecret !== undefined && { secret: webSecret }),
    });
  const service = add({
    id: HR_SERVICE_CLIENT_ID,
    label: "HR service",
    type: "service",
    grantTypes: ["client_credentials", TOKEN_EXCHANGE],
    assigned: {},
    ...(serviceSecret !== undefined && { secret: serviceSecret }),
  });
  return { native: { clientId: native.clientId }, web, service };
}
