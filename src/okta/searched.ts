/** The lists that are searched by attributes. */
export type Searched = "user" | "group" | "app";

/** The arguments with which a call searches and sorts. */
export interface SearchArguments {
  search?: string | undefined;
  filter?: string | undefined;
  sort_by?: string | undefined;
}

/** The owner of the profile that a schema describes. */
export type ProfileKind = "user" | "group";
