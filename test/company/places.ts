import { postgresPrograms } from "../support/postgres-cluster.js";
import { missingHere } from "../support/programs.js";
import type { BalancerKind } from "./balancer.js";

const POSTGRES_MISSING = "not on this machine: PostgreSQL; to install: apt-get install postgresql";

export const BALANCERS: readonly BalancerKind[] = ["nginx", "haproxy"];

/** Why several instances behind a balancer cannot be played here; undefined if they can. */
export const lacksFleet = (balancer?: BalancerKind) => (): string | undefined =>
  (postgresPrograms() === undefined ? POSTGRES_MISSING : undefined) ?? (balancer && missingHere(balancer));
