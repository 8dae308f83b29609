import { isHttpsOrLocal, LOOPBACK_HOSTS } from "../net/loopback.js";
import { hasUserInfo } from "../net/user-info.js";

/** In place of an org where there is none. The name never leads anywhere (RFC 6761, section 6.4). */
export const NO_ORG = "https://no-org.invalid";

/** The org's address, or the fault of the given one and how to correct it. */
export type OrgUrl = { origin: string; adminHost?: string } | { problem: string };

/** Okta's own domains for orgs: production, preview, EMEA, and the two for governments. */
const OKTA_DOMAIN = /\.(?:okta|oktapreview|okta-emea|okta-gov)\.com$|\.okta\.mil$/;
const OKTA_WEBSITE = /^(?:(?:www|login|developer|help|support|status)\.)?okta\.com$/;
const PLACEHOLDER = /[{}<>$]|%7b|your-?_?(?:okta)?-?_?(?:domain|org|company|subdomain|tenant)\b/i;
const FIX = "Give the address alone, e.g. https://acme.okta.com.";

/**
 * Reads `OKTA_ORG_URL`. It adds `https://` to a bare host, removes a trailing slash, and corrects the address of the
 * admin console (`adminHost` then has the given host). A message quotes the host alone, since the rest of the text may
 * hold a password.
 */
export function parseOrgUrl(text: string): OrgUrl {
  if (PLACEHOLDER.test(text)) {
    return {
      problem: `still holds the placeholder of an example. Put your own org's address there, e.g. https://acme.okta.com.`,
    };
  }
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) return { problem: `is not a URL. ${FIX}` };
  const url = new URL(withScheme);
  const { protocol, hostname: host } = url;
  const loopback = LOOPBACK_HOSTS.includes(host);

  if (protocol !== "https:" && protocol !== "http:") return { problem: `must start with https://. ${FIX}` };
  if (hasUserInfo(url, withScheme)) {
    return { problem: `holds a user name or password before the host. Okta has no use for them there. ${FIX}` };
  }
  const extra = [
    ...(/^\/+$/.test(url.pathname) ? [] : ["a path"]),
    ...(url.search === "" ? [] : ["a query"]),
    ...(url.hash === "" ? [] : ["a fragment"]),
  ];
  const after = extra.length > 0 ? `has ${extra.join(" and ")} after the host` : undefined;
  if (!isHttpsOrLocal(url)) {
    const also = after === undefined ? "" : `, and ${after}`;
    return {
      problem: `uses plain http, which is for localhost, 127.0.0.1 and [::1] only${also}. Use https://${url.host}.`,
    };
  }
  if (OKTA_WEBSITE.test(host)) return { problem: `names Okta's own site (${host}), not an org. ${FIX}` };
  if (!loopback && !host.includes(".") && !host.startsWith("[")) {
    return { problem: `names no full host: ${host}. Did you mean https://${host}.okta.com?` };
  }
  if (OKTA_DOMAIN.test(host) && url.port !== "") {
    return { problem: `names port ${url.port}, but Okta answers on the standard port only. Use https://${host}.` };
  }

  const adminHost = OKTA_DOMAIN.test(host) && /^[^.]+-admin\./.test(host) ? host : undefined;
  if (adminHost !== undefined) url.hostname = host.replace("-admin.", ".");
  if (after !== undefined) return { problem: `${after}. Use ${url.origin} alone.` };
  return adminHost === undefined ? { origin: url.origin } : { origin: url.origin, adminHost };
}
