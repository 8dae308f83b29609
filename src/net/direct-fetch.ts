import type { SendHttp } from "./http-client.js";

/** The way past all proxies: Node's own HTTP client. It loads with the first request. */
export function createDirectFetch(): SendHttp {
  return loadedOnce(async () => (await import("./http-client.js")).createHttpClient());
}

/** A way to send that is loaded with the first request. */
export function loadedOnce(load: () => Promise<SendHttp>): SendHttp {
  let loaded: Promise<SendHttp> | undefined;
  return async (url, init) => {
    loaded ??= load();
    return await (await loaded)(url, init);
  };
}
