import type { Org } from "../org.js";
import type { Route } from "../route.js";

const areas: ((org: Org) => Route[])[] = [];

/** Every operation of the Management API that the sandbox has. A new area is one entry above. */
export function managementRoutes(org: Org): Route[] {
  return areas.flatMap((routesOf) => routesOf(org));
}
