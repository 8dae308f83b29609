import type { HttpAnswer, SendHttp } from "../net/http-client.js";
import type { Observer } from "../watch/observer.js";

export interface OrgWatchOptions {
  /** The org's address. */
  orgUrl: string;
  observer: Observer;
  /** Epoch milliseconds. */
  now(): number;
}

/** The requests in a row that have to fail before Okta counts as down. One may fail by itself. */
const FAILURES = 3;
/** The time for which nobody's asking leaves Okta down. */
const FORGET_MS = 5 * 60_000;
/** A request that was given up sooner was not waited for, whatever Okta would have said. */
const PATIENCE_MS = 5_000;

/** The endpoints of an authorization server of Okta, whatever its id. */
const OAUTH_PATH =
  /^\/oauth2\/(?:[^/]+\/)?v1\/(authorize|token|introspect|revoke|keys|userinfo|logout|clients|device\/authorize)$/;
const API = "/api/";

/** The bucket of a request to an authorization server, for numbers; undefined for one of the Management API. */
function bucketOf(method: string, { pathname }: URL): string | undefined {
  if (pathname.startsWith(API)) return undefined;
  const endpoint = OAUTH_PATH.exec(pathname)?.[1];
  if (endpoint !== undefined) return `${method} /oauth2/v1/${endpoint}`;
  return pathname.includes("/.well-known/") ? `${method} /.well-known` : "other";
}

/** Watches the requests to an org: whether it answers, and what its authorization servers say. */
export class OrgWatch {
  readonly #options: OrgWatchOptions;
  readonly #origin: string;
  #failures = 0;
  #lastFailureMs = 0;

  constructor(options: OrgWatchOptions) {
    this.#options = options;
    this.#origin = new URL(options.orgUrl).origin;
  }

  /** True while requests to Okta fail one after the other: none is answered, or with an error of Okta's own (5xx). */
  get isDown(): boolean {
    return this.#failures >= FAILURES && this.#options.now() - this.#lastFailureMs < FORGET_MS;
  }

  /** A way to the org that is watched. */
  around(fetch: SendHttp): SendHttp {
    return async (url, init) => {
      if (url.origin !== this.#origin) return fetch(url, init);
      const startedAtMs = performance.now();
      const elapsed = () => performance.now() - startedAtMs;
      try {
        const answer = await fetch(url, init);
        this.#see(answer.status < 500);
        this.#tell(url, init, answer, elapsed());
        return answer;
      } catch (error) {
        if (!init.signal.aborted || elapsed() >= PATIENCE_MS) this.#see(false);
        this.#tell(url, init, undefined, elapsed());
        throw error;
      }
    };
  }

  #see(isUp: boolean): void {
    this.#failures = isUp ? 0 : this.#failures + 1;
    if (!isUp) this.#lastFailureMs = this.#options.now();
  }

  #tell(
    url: URL,
    { method, body }: Pick<Parameters<SendHttp>[1], "method" | "body">,
    answer: HttpAnswer | undefined,
    ms: number,
  ): void {
    const { observer } = this.#options;
    const bucket = bucketOf(method, url);
    if (bucket === undefined) return;
    const status = answer?.status;
    observer.note({ kind: "okta_request", bucket, status, ms });
    if (!bucket.endsWith("/token") || typeof body !== "string" || !/(?:^|&)grant_type=refresh_token(?:&|$)/.test(body))
      return;
    const isRefused = status !== undefined && status >= 400 && status < 500 && status !== 429;
    observer.note({ kind: "token_refresh", outcome: answer?.ok ? "done" : isRefused ? "refused" : "failed" });
  }
}
