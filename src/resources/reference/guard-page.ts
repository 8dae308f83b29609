import { guardJsonSchema } from "../../guard/schema.js";
import { isObject } from "../../json/json.js";
import { REFERENCE } from "./reference-uri.js";
import { code, page } from "./text-parts.js";

/** A guard file as an example. A test reads it as one. */
export const GUARD_EXAMPLE = {
  protect: {
    users: [{ login: "ceo@acme.example", reason: "ask the board" }],
    groups: [{ pattern: "Finance*" }],
  },
  limits: { removals: { per_session: 5 }, writes: { per_minute: 20 } },
  mask: ["profile.mobilePhone"],
  omit: ["credentials"],
  deny_tools: ["delete_*"],
};

/** One line for each member of a schema that says what it is for, and for those below it. */
function lines(schema: unknown, place: string): string[] {
  if (!isObject(schema)) return [];
  const { description, properties, items } = schema;
  const own = place !== "" && typeof description === "string" ? [`${code(place)}: ${description}`] : [];
  const below = isObject(properties)
    ? Object.entries(properties)
        .filter(([name]) => name !== "$schema")
        .flatMap(([name, member]) => lines(member, place === "" ? name : `${place}.${name}`))
    : [];
  return [...own, ...below, ...lines(items, `${place}[]`)];
}

/** What each member of a guard file means, from the schema that such files are held against. */
export function guardPage(): string {
  return page(
    "The guard file",
    "A person writes it to say what an assistant may not touch, do or see here, whatever its tools and scopes allow. It is read at the start, and no tool changes it.",
    [
      `A call that a rule refuses answers protected, before anything is sent: ${REFERENCE}/errors/protected. It is a person's decision; tell them, and look for no way around it.`,
      "A dry run is held against the rules too.",
      "A masked attribute is there and is not shown; one that is left out seems not to be there. Neither can be searched for or compared with.",
      "In patterns `*` is any characters and `?` is one, without regard to case.",
      "With several roles at a company's server every guard file holds, and of each limit the strictest.",
    ],
    "## Members",
    lines(guardJsonSchema(), ""),
    "## Example",
    `\`\`\`json\n${JSON.stringify(GUARD_EXAMPLE, undefined, 2)}\n\`\`\``,
  );
}
