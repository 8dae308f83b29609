import type { Route } from "./route.js";

export interface Match {
  route: Route;
  /** Path parameters, decoded. */
  params: Record<string, string>;
}

export interface Router {
  /** The route for a request; undefined where the sandbox has none. @throws URIError for a broken percent escape */
  match(method: string, pathname: string): Match | undefined;
}

/**
 * Finds routes by method and path. A literal segment has precedence over a parameter. A trailing slash makes no
 * difference, so that a path without its last segment (`…/users/..`) does the same as at Okta.
 */
export function createRouter(routes: readonly Route[]): Router {
  const byShape = new Map<string, { route: Route; segments: string[] }[]>();
  for (const route of routes) {
    const segments = segmentsOf(route.template);
    const shape = shapeOf(route.method, segments);
    const others = byShape.get(shape) ?? [];
    if (others.some((other) => sameWhenFilled(other.segments, segments))) {
      throw new Error(`The sandbox has two routes for ${route.method} ${route.template}.`);
    }
    byShape.set(
      shape,
      [...others, { route, segments }].sort((a, b) => vagueness(a.segments).localeCompare(vagueness(b.segments))),
    );
  }
  return {
    match(method, pathname) {
      const actual = segmentsOf(pathname);
      for (const { route, segments } of byShape.get(shapeOf(method, actual)) ?? []) {
        if (fits(segments, actual)) return { route, params: paramsOf(segments, actual) };
      }
      return undefined;
    },
  };
}

/**
 * True when `pathname` is `pattern` with its `{parameters}` and `*` filled by any one segment.
 */
export function pathMatches(pattern: string, pathname: string): boolean {
  const segments = segmentsOf(pattern);
  const actual = segmentsOf(pathname);
  return segments.length === actual.length && fits(segments, actual);
}

function segmentsOf(path: string): string[] {
  return path.replace(/^\/|\/$/g, "").split("/");
}

function shapeOf(method: string, segments: string[]): string {
  return `${method} ${segments.length}`;
}

function isParameter(segment: string): boolean {
  return segment === "*" || segment.startsWith("{");
}

/** Sorts templates so that, from the left, a literal comes before a parameter. */
function vagueness(segments: string[]): string {
  return segments.map((segment) => (isParameter(segment) ? "1" : "0")).join("");
}

function sameWhenFilled(a: string[], b: string[]): boolean {
  return a.every((segment, i) => segment === b[i] || (isParameter(segment) && isParameter(b[i] ?? "")));
}

function fits(segments: string[], actual: string[]): boolean {
  return segments.every((segment, i) => (isParameter(segment) ? actual[i] !== "" : actual[i] === segment));
}

function paramsOf(segments: string[], actual: string[]): Record<string, string> {
  const named = segments.flatMap((segment, i) => (segment.startsWith("{") ? [[segment.slice(1, -1), actual[i]]] : []));
  return Object.fromEntries(named.map(([name, value]) => [name, decodeURIComponent(value ?? "")]));
}
