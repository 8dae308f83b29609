/** The rule that puts groups into a claim: the app's "Groups claim filter". */
export interface GroupsClaim {
  /** Default `groups`. */
  name?: string;
  filter: "STARTS_WITH" | "EQUALS" | "CONTAINS" | "REGEX";
  value: string;
  /** The part of a group that the claim lists. Okta's filter lists names; an expression may list ids. */
  lists?: "name" | "id";
}

/** True where a group of this name passes the filter. A regular expression has to match the whole name. */
export function passes({ filter, value }: GroupsClaim, name: string): boolean {
  switch (filter) {
    case "STARTS_WITH":
      return name.startsWith(value);
    case "EQUALS":
      return name === value;
    case "CONTAINS":
      return name.includes(value);
    case "REGEX":
      return new RegExp(`^(?:${value})$`).test(name);
  }
}
