import type { Log } from "../log.js";
import type { SendHttp } from "../net/http-client.js";
import { createFetch } from "../net/proxy.js";
import { ServerClock } from "../net/server-clock.js";
import type { ApiIdentity } from "./api-identity.js";
import { ApiIssuer } from "./api-issuer.js";
import { AppIdentity } from "./app-identity.js";
import { fixedIdentity, knowsNobody, type SharedIdentity, type TellClaims } from "./fixed-identities.js";
import type { LoadedApi } from "./loaded-api.js";

export interface SharedIdentitiesOptions {
  apis: readonly Pick<LoadedApi, "name" | "auth">[];
  /** The way to the authorization servers; by default straight there or through the proxy of the environment. */
  fetch?: SendHttp;
  log: Log;
  /** Epoch milliseconds. */
  now: () => number;
}

/** The identities that are the same for all callers: none, a key, that of an app. One token serves all of them. */
export class SharedIdentities {
  readonly #byApi: ReadonlyMap<string, SharedIdentity>;

  constructor({ apis, fetch = createFetch(), log, now }: SharedIdentitiesOptions) {
    const shared = apis.flatMap(({ name: api, auth }): [string, SharedIdentity][] => {
      if (auth.kind === "none" || auth.kind === "api_key") return [[api, fixedIdentity(auth)]];
      if (auth.kind !== "client_credentials") return [];
      const clock = new ServerClock(now);
      const { issuer: address, client, audience } = auth;
      const issuer = new ApiIssuer({ api, issuer: address, client, audience, fetch, clock, log });
      return [[api, new AppIdentity({ api, source: auth, issuer, clock })]];
    });
    this.#byApi = new Map(shared);
  }

  /**
   * The identity of a caller at an API.
   * @param claims tells what is known of the caller; by default nothing is
   * @returns undefined for an API at which each person has their own
   */
  of(api: string, claims: TellClaims = knowsNobody(api)): ApiIdentity | undefined {
    const shared = this.#byApi.get(api);
    if (shared === undefined) return undefined;
    return {
      authorize: (request, signal) => shared.authorize(request, signal),
      refused: (authorization, headers) => shared.refused(authorization, headers),
      claims,
    };
  }
}
