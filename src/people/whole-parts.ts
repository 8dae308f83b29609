import type { RoleEntry, ServeFile } from "./serve-fields.js";

/** Adds a mistake at a place of the file. */
export type AddMistake = (path: (string | number)[], message: string) => void;

/** A role of serve.json with its place in the list. */
export interface PlacedRole {
  index: number;
  role: RoleEntry;
}

/** The parts of serve.json that have no mistake by themselves. */
export interface WholeParts {
  /** The members without a mistake. */
  members: Partial<Omit<ServeFile, "roles">>;
  /** The names of the members that have one. Whether they would be there is not known. */
  faulty: ReadonlySet<PropertyKey>;
  /** The roles without a mistake, whatever the others have. */
  roles: readonly PlacedRole[];
}

/** A mistake, as far as its place matters here. */
interface Mistake {
  path?: readonly PropertyKey[] | undefined;
}

/**
 * The parts of a file that can be checked further, so that one look names the mistakes of its parts and those between
 * them.
 * @param value the file as far as it was understood
 * @param mistakes the mistakes of its parts
 */
export function wholeParts(value: ServeFile, mistakes: readonly Mistake[]): WholeParts {
  const paths = mistakes.map(({ path = [] }) => path);
  const faulty = new Set(paths.flatMap(([first]) => (first === undefined ? [] : [first])));
  const { roles, ...members } = value;
  const isList = !paths.some(([first, index]) => first === "roles" && index === undefined) && Array.isArray(roles);
  return {
    members: Object.fromEntries(Object.entries(members).filter(([name]) => !faulty.has(name))),
    faulty,
    roles: (isList ? roles : []).flatMap((role, index) =>
      paths.some(([first, at]) => first === "roles" && at === index) ? [] : [{ index, role }],
    ),
  };
}
