import * as z from "zod";
import { TOOL_PATTERN } from "../catalogue/choice.js";
import type { ProtectedKind } from "../okta/objects.js";
import { folded } from "../text/glob.js";

const text = (description: string) =>
  z
    .string()
    .min(1, "is empty")
    .max(500, "is longer than 500 characters")
    .refine((value) => value === "" || folded(value) !== "", "holds nothing that can be seen")
    .describe(description);

/** A rule has exactly one way to name its object. */
function exactlyOne<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape, z.core.$strict>) {
  const ways = Object.keys(schema.shape).filter((key) => key !== "reason");
  return schema
    .refine((given) => ways.filter((key) => Object.hasOwn(given, key)).length === 1, {
      message: `needs exactly one of ${ways.join(", ")}`,
    })
    .meta({ oneOf: ways.map((key) => ({ required: [key] })) });
}

const count = (description: string) => z.int().min(0).max(1_000_000).optional().describe(description);
const allowance = (what: string) =>
  z
    .strictObject({
      per_session: count("From the start of the server to its end."),
      per_minute: count("Within any 60 seconds."),
    })
    .optional()
    .describe(what);

/** The schema of a guard file. `guard.schema.json` is made of it. It is made only where there is such a file. */
export function guardFileSchema() {
  const id = text("Okta's id of the object.").optional();
  /** @param name the text that counts as the name of such an object */
  const byName = (name: string) => ({
    id,
    name: text(`${name}.`).optional(),
    pattern: text(`Pattern for the name (${name.toLowerCase()}): * is any characters, ? is one.`).optional(),
  });
  const reason = text("Why; shown when the rule refuses a call.").optional();

  const userRules = z.array(
    exactlyOne(
      z.strictObject({
        ...byName("First and last name, or the display name"),
        pattern: text("Pattern for the login or the name: * is any characters, ? is one.").optional(),
        login: text("The user's login.").optional(),
        reason,
      }),
    ),
  );
  const rules = (name: string) => z.array(exactlyOne(z.strictObject({ ...byName(name), reason })));

  const protect = z.strictObject({
    users: userRules
      .optional()
      .describe("Users that no tool may change, nor add to groups or take out of them, also not with the group."),
    groups: rules("The group's name")
      .optional()
      .describe("Groups that no tool may change, nor who is in them. The persons in them: see users."),
    apps: rules("The app's label").optional().describe("Applications that no tool may change."),
    policies: rules("The policy's name")
      .optional()
      .describe("Policies, with their rules, and device assurance policies that no tool may change."),
  } satisfies Record<ProtectedKind, z.ZodType>);

  /** An attribute is one name, or several with dots between them. */
  const attribute = z
    .string()
    .regex(/^[^\s.*?[\]"'\\]+(\.[^\s.*?[\]"'\\]+)*$/, "is no attribute: give a name, or a dotted path as profile.ssn");

  const attributes = (description: string) => z.array(attribute).optional().describe(description);

  return z
    .strictObject({
      $schema: z.string().optional().describe("The JSON Schema of this file, for editors."),
      protect: protect.optional().describe("Objects that no write may touch."),
      limits: z
        .strictObject({
          writes: allowance("Calls that write, removals included."),
          removals: allowance("Calls that remove, and full replaces that drop settings."),
        })
        .optional()
        .describe("How many calls that write may go through."),
      mask: attributes("Attributes shown as [masked] in every result, message and log."),
      omit: attributes("Attributes left out of every result; in messages and logs masked."),
      deny_tools: z
        .array(z.string().regex(TOOL_PATTERN, "is no pattern for tools: give a name, an area or a glob as delete_*"))
        .optional()
        .describe("Tools that are off: names, areas, or patterns with * and ?."),
    })
    .describe("What an assistant that works through okta-mcp may not touch, do or see.");
}

export type GuardFile = z.infer<ReturnType<typeof guardFileSchema>>;

/** The published JSON Schema of a guard file. */
export function guardJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(guardFileSchema(), { target: "draft-7", io: "input" });
  return { $schema, title: "Guard file of okta-mcp", ...schema };
}
