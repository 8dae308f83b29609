/** The id of a group at Okta. A claim may list names in place of ids, and anybody may give a group a name. */
const GROUP_ID = /^00g[A-Za-z0-9]{8,37}$/;

/** Okta leaves groups out of a claim that would have more than this. */
const CLAIM_LIMIT = 100;
const MAX_GROUPS = 10_000;

/**
 * The ids of a groups claim; undefined where the claim does not tell all of somebody's groups for sure: it is missing, is
 * no list, lists names, or may have been cut.
 */
export function groupsIn(claim: unknown): string[] | undefined {
  if (!Array.isArray(claim) || claim.length === CLAIM_LIMIT || claim.length > MAX_GROUPS) return undefined;
  const ids = claim.filter((group): group is string => typeof group === "string" && GROUP_ID.test(group));
  return ids.length === claim.length ? ids : undefined;
}
