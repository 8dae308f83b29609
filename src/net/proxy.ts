import { OktaMcpError } from "../errors/index.js";
import { LOOPBACK_HOSTS } from "./loopback.js";

type Fetch = typeof globalThis.fetch;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The `fetch` for everything that goes to Okta. Where `HTTPS_PROXY`, `HTTP_PROXY` or their
 * lower-case forms are set it goes through that proxy, past it for the hosts in `NO_PROXY` and for
 * this machine; else it is the platform's own. The proxy's code loads with the first request.
 * @throws OktaMcpError bad_config for a proxy that is no http(s) URL; the value, which may hold a
 *   password, stays out of the message
 */
export function createFetch(env: Environment = process.env): Fetch {
  const httpProxy = readProxy(env, "http_proxy");
  const httpsProxy = readProxy(env, "https_proxy") ?? httpProxy;
  if (httpsProxy === undefined && httpProxy === undefined) return globalThis.fetch;
  const listed = env.no_proxy ?? env.NO_PROXY ?? "";
  // A sandbox or a test org on this machine is not behind the company's proxy.
  const noProxy = listed.trim() === "*" ? "*" : [listed, ...LOOPBACK_HOSTS].join(",");
  let proxied: Promise<Fetch> | undefined;
  return async (input, init) => {
    // Empty strings, since undici reads the environment for what it is not given.
    proxied ??= loadProxied({ httpProxy: httpProxy ?? "", httpsProxy: httpsProxy ?? "", noProxy });
    const through = await proxied;
    return await through(input, init);
  };
}

async function loadProxied(proxies: { httpProxy: string; httpsProxy: string; noProxy: string }): Promise<Fetch> {
  const undici = await import("undici");
  const dispatcher = new undici.EnvHttpProxyAgent(proxies);
  // The same functions and objects as the platform's, under types of their own.
  const through = undici.fetch as unknown as (input: unknown, init: object) => Promise<Response>;
  return (input, init) => through(input, { ...init, dispatcher });
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
