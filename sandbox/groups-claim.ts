/** The rule that puts groups into a claim: the app's "Groups claim filter". */
export type GroupsClaim = {
  /** Default `groups`. */
  name?: string;
  /** The part of a group that the claim lists. Okta's filter lists names; an expression may list ids. */
  lists?: "name" | "id";
} & ({ filter: "STARTS_WITH" | "EQUALS" | "CONTAINS"; value: string } | { filter: "REGEX"; value: RegExp });

/** True where a group of this name passes the filter. A regular expression has to match the whole name. */
export function passes(claim: GroupsClaim, name: string): boolean {
  switch (claim.filter) {
    case "STARTS_WITH":
      return name.startsWith(claim.value);
    case "EQUALS":
      return name === claim.value;
    case "CONTAINS":
      return name.includes(claim.value);
    case "REGEX":
      return claim.value.exec(name)?.[0] === name;
  }
}
