import type { ApiTokenSource } from "../apis/api-auth.js";
import { ApiIssuer } from "../apis/api-issuer.js";
import type { LoadedApi } from "../apis/loaded-api.js";
import type { Log } from "../log.js";
import type { SendHttp } from "../net/http-client.js";
import type { ServerClock } from "../net/server-clock.js";

/** One of the company's APIs while the server runs. */
export interface CompanyApi {
  api: LoadedApi;
  /** What gives out its tokens; undefined for an API that takes none. */
  issuer: ApiIssuer | undefined;
  /** The names of the roles whose people may use it. */
  roles: ReadonlySet<string>;
}

/** An API that people link: each grants access once, at its authorization server. */
export interface LinkableApi extends CompanyApi {
  issuer: ApiIssuer;
  source: ApiTokenSource;
}

export interface CompanyApisOptions {
  fetch: SendHttp;
  /** The clock of a server, by its address. */
  clockOf(url: string): ServerClock;
  log: Log;
}

/** The company's APIs, each with its authorization server. */
export class CompanyApis {
  readonly #apis: ReadonlyMap<string, CompanyApi>;

  constructor(apis: readonly LoadedApi[], { fetch, clockOf, log }: CompanyApisOptions) {
    this.#apis = new Map(
      apis.map((api) => {
        const { name, auth, settings } = api;
        const issuer =
          "issuer" in auth
            ? new ApiIssuer({
                api: name,
                issuer: auth.issuer,
                client: auth.client,
                audience: auth.audience,
                fetch,
                clock: clockOf(new URL(auth.issuer).origin),
                log,
              })
            : undefined;
        return [name, { api, issuer, roles: new Set(settings.roles ?? []) }];
      }),
    );
  }

  /** All of them, in the order of the file. */
  all(): CompanyApi[] {
    return [...this.#apis.values()];
  }

  find(name: string): CompanyApi | undefined {
    return this.#apis.get(name);
  }

  /** The APIs of somebody with these roles. */
  of(roles: readonly { name: string }[]): CompanyApi[] {
    return this.all().filter((one) => roles.some(({ name }) => one.roles.has(name)));
  }

  /** Those of them that the person links. */
  linkable(roles: readonly { name: string }[]): LinkableApi[] {
    return this.of(roles).flatMap((one) => asLinkable(one) ?? []);
  }

  /**
   * Revokes a token at the authorization server of an API (RFC 7009). One that has ended already is no error.
   * @throws OAuthFailure where it was not done, Error for an API that the settings do not name any more
   */
  async revoke(name: string, token: string, kind: "refresh_token" | "access_token"): Promise<void> {
    const { issuer } = this.find(name) ?? {};
    if (issuer === undefined) throw new Error(`The settings name no API ${name} any more, so nobody can be asked.`);
    await (await issuer.client()).revoke(token, kind);
  }
}

/** An API that people link; undefined for one with another way to know who calls. */
export function asLinkable(one: CompanyApi): LinkableApi | undefined {
  const { auth } = one.api;
  return auth.kind === "user_grant" && one.issuer !== undefined
    ? { ...one, issuer: one.issuer, source: auth }
    : undefined;
}
