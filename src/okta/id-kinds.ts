import { kindsOfId, OBJECTS, type ObjectKind } from "./objects.js";

/** "a user", "an application". */
function withArticle(word: string): string {
  return `${/^[aeio]/.test(word) ? "an" : "a"} ${word}`;
}

/**
 * Tells in a sentence that an id is one of another kind than the kind that is asked for; undefined where it is
 * not, or where the id does not tell its kind.
 */
export function otherKind(id: string, wanted: ObjectKind): string | undefined {
  const kinds = kindsOfId(id);
  if (kinds.length === 0 || kinds.includes(wanted) || OBJECTS[wanted].idPrefixes === undefined) return undefined;
  const is = kinds.map((kind) => withArticle(OBJECTS[kind].word)).join(" or ");
  const more =
    kinds.includes("userType") && wanted === "userSchema"
      ? " A user type names its schema in _links.schema; that of most users is default."
      : "";
  return `${id} is the id of ${is}, and ${withArticle(OBJECTS[wanted].word)} is asked for.${more}`;
}
