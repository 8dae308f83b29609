import { OktaMcpError } from "../errors/index.js";
import type { AllowsAddress } from "./checked-lookup.js";
import { createDirectFetch, loadedOnce } from "./direct-fetch.js";
import type { SendHttp } from "./http-client.js";
import { LOOPBACK_HOSTS } from "./loopback.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The `fetch` for everything that goes to Okta or to a company's API. Where `HTTPS_PROXY`, `HTTP_PROXY` or their
 * lower-case forms are set it goes through that proxy, past it for the hosts in `NO_PROXY` and for
 * this machine; else it goes straight there. What sends loads with the first request.
 * @param allows decides about each address that a name stands for, as for `createHttpClient`. Of a host behind a proxy it
 *   is not asked: the proxy looks names up itself
 * @throws OktaMcpError bad_config for a proxy that is no http(s) URL; the value, which may hold a
 *   password, stays out of the message
 */
export function createFetch(env: Environment = process.env, allows?: AllowsAddress): SendHttp {
  const httpProxy = readProxy(env, "http_proxy");
  const httpsProxy = readProxy(env, "https_proxy") ?? httpProxy;
  if (httpsProxy === undefined && httpProxy === undefined) return createDirectFetch(allows);
  const listed = env.no_proxy ?? env.NO_PROXY ?? "";
  // A sandbox or a test org on this machine is not behind the company's proxy.
  const noProxy = listed.trim() === "*" ? "*" : [listed, ...LOOPBACK_HOSTS].join(",");
  // Empty strings, since undici reads the environment for what it is not given.
  const proxies = { httpProxy: httpProxy ?? "", httpsProxy: httpsProxy ?? "", noProxy };
  return loadedOnce(async () => {
    const [{ EnvHttpProxyAgent, fetch }, { checkedLookup }] = await Promise.all([
      import("undici"),
      import("./checked-lookup.js"),
    ]);
    // This is the way past the proxy. The way through it asks the proxy, which looks names up itself.
    const past = allows === undefined ? {} : { connect: { lookup: checkedLookup(allows) } };
    const dispatcher = new EnvHttpProxyAgent({ ...proxies, ...past });
    return (url, init) => fetch(url, { ...init, dispatcher });
  });
}

function readProxy(env: Environment, name: "http_proxy" | "https_proxy"): string | undefined {
  const variable = env[name] ? name : name.toUpperCase();
  const value = env[variable]?.trim();
  if (!value) return undefined;
  const url = /^\w+:\/\//.test(value) ? value : `http://${value}`;
  if (URL.canParse(url) && isHttpProxy(new URL(url))) return url;
  throw new OktaMcpError("bad_config", `${variable} is not the URL of an HTTP proxy.`, {
    fix: `Set ${variable} to a URL such as http://proxy.example.com:8080, or leave it out. In a user name or password, write characters that mean something in a URL by their number: %25 for %, %23 for #, %2F for /, %40 for @.`,
  });
}

/** A percent sign that stands for itself cannot be decoded, and would fail with each request. */
function isHttpProxy({ protocol, username, password }: URL): boolean {
  try {
    [username, password].forEach(decodeURIComponent);
    return protocol === "http:" || protocol === "https:";
  } catch {
    return false;
  }
}
