import { OktaMcpError } from "../errors/index.js";
import type { ApiRequest } from "../openapi/api-request.js";

/** A part that leads to another path, also in its encoded forms (URL Standard, "double-dot URL path segment"). */
const DOTS = /^(?:\.|%2e){1,2}$/i;

/**
 * The address of a request: below the API's base address, whatever its path and query hold.
 * @param baseUrl its path ends with a slash
 * @throws OktaMcpError bad_input where the address would be another one once it is read as a URL
 */
export function addressOf(baseUrl: URL, { api, path, query }: Pick<ApiRequest, "api" | "path" | "query">): URL {
  const wanted = `${baseUrl.pathname.slice(0, -1)}${path}`;
  const text = `${baseUrl.origin}${wanted}${query === "" ? "" : `?${query}`}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A backslash changes the number of parts, and so do most dots (URL Standard, "path state").
  const isBelow =
    path.startsWith("/") &&
    !path.split("/").some((part) => DOTS.test(part)) &&
    url !== undefined &&
    url.origin === baseUrl.origin &&
    url.username === "" &&
    url.pathname.startsWith(baseUrl.pathname) &&
    url.pathname.split("/").length === wanted.split("/").length &&
    url.hash === "" &&
    (query === "" ? url.search === "" : url.search !== "");
  if (isBelow) return url;
  throw new OktaMcpError("bad_input", `These arguments lead out of the API ${api}. Nothing was sent.`, {
    fix: "Give values as they are, without `..`, slashes or other parts of an address.",
    maybeDone: false,
  });
}
