import type { AllowsAddress } from "./checked-lookup.js";
import type { SendHttp } from "./http-client.js";

/**
 * The way past all proxies: Node's own HTTP client. It loads with the first request.
 * @param allows as for `createHttpClient`
 */
export function createDirectFetch(allows?: AllowsAddress): SendHttp {
  return loadedOnce(async () => (await import("./http-client.js")).createHttpClient(allows));
}

/** A way to send that is loaded with the first request. */
export function loadedOnce(load: () => Promise<SendHttp>): SendHttp {
  let loaded: Promise<SendHttp> | undefined;
  return async (url, init) => {
    loaded ??= load();
    return await (await loaded)(url, init);
  };
}
