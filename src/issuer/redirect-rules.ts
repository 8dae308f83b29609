import { LOOPBACK_HOSTS } from "../net/loopback.js";
import { hasUserInfo } from "../net/user-info.js";

/** What clients that nobody has configured may name as the place where codes go to. */
export interface RedirectRules {
  /** Hosts of https addresses. */
  hosts: readonly string[];
  /** Private schemes, without the colon. */
  schemes: readonly string[];
}

/** The kinds of places: a port of the person's machine, a program by its private scheme, a web server that is listed or not. */
export type RedirectKind = "loopback" | "private" | "https" | "unlisted";

const MAX_CHARS = 2_000;

/** A private scheme that is a domain name backwards (RFC 8252, section 7.1), which belongs to whoever has the domain. */
const REVERSE_DOMAIN = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/;

/**
 * The kind of a redirect URI; undefined for one that is refused. A code that goes to a wrong place is a stolen account,
 * so anything that two readers may read differently is refused.
 */
export function redirectKind(text: unknown, { hosts, schemes }: RedirectRules): RedirectKind | undefined {
  if (typeof text !== "string" || text.length > MAX_CHARS || /[^\x21-\x7e]|[\\*]/.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (hasUserInfo(url, text) || text.includes("#")) return undefined;
  const scheme = url.protocol.slice(0, -1);
  if (scheme === "http") return LOOPBACK_HOSTS.includes(url.hostname) ? "loopback" : undefined;
  if (scheme === "https") return hosts.includes(url.host) ? "https" : "unlisted";
  const isOwn = schemes.includes(scheme) || REVERSE_DOMAIN.test(scheme);
  // A scheme of the browser's own runs or shows what it is given.
  return isOwn && !["javascript", "data", "file", "blob", "about", "view-source"].includes(scheme)
    ? "private"
    : undefined;
}

/** The redirect URIs that an operator may give to a client, in words. */
export const RIGHT_REDIRECTS = "https, http on loopback, or a private scheme; without user, fragment and wildcard";

/** The kind of a redirect URI that an operator has given to a client; undefined for one that is refused. */
export function givenRedirectKind(text: string): RedirectKind | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return redirectKind(text, { hosts: [url?.host ?? ""], schemes: [url?.protocol.slice(0, -1) ?? ""] });
}

/** The place to which a code goes, as a person is told of it. */
export interface RedirectPlace {
  /** The host, or what stands in its place for a private scheme. */
  redirectHost: string;
  /** True for this machine, so that any program on it may have said the client's name. */
  isLoopback: boolean;
  /** True for a host that https proves. */
  isWeb: boolean;
}

/** The place of a redirect URI for a person: the host, or the scheme of a program. */
export function redirectPlace(text: string): RedirectPlace {
  const { protocol, host, hostname } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") {
    return { redirectHost: `the program for ${protocol}`, isLoopback: false, isWeb: false };
  }
  const isLoopback = LOOPBACK_HOSTS.includes(hostname);
  return { redirectHost: host, isLoopback, isWeb: protocol === "https:" && !isLoopback };
}
