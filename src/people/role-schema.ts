import * as z from "zod";
import { TOOL_PATTERN } from "../catalogue/choice.js";
import { count, file, serviceApp } from "../config/schema-parts.js";
import { SCOPES } from "../okta/scopes.js";

const ROLE_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** One role of serve.json. */
export function roleSchema() {
  const patterns = z.array(z.string().regex(TOOL_PATTERN, "is no pattern for tools")).max(500);
  const scope = z
    .string()
    .refine((value) => Object.hasOwn(SCOPES, value), "is no scope that a tool uses; `okta-mcp scopes` lists them");
  return z.strictObject({
    name: z.string().regex(ROLE_NAME, "is no name of a role: use a-z, 0-9, - and _"),
    groups: z
      .array(z.string().regex(/^[A-Za-z0-9]{10,40}$/, "is no id of a group: names can be given away, ids cannot"))
      .min(1, "is empty: nobody would have the role")
      .describe("Ids of the Okta groups whose members have the role."),
    act_as: z
      .enum(["user", "service"])
      .default("user")
      .describe(
        "Whose right is used at Okta: user, the person's own; service, that of the role's service app. Never one in place of the other.",
      ),
    service: serviceApp("The service app of a role that acts as service. Each role should have its own.").optional(),
    scopes: z
      .array(scope)
      .default([])
      .describe("The okta.* scopes that the role uses. A role that is for apis or resources alone needs none."),
    tools: patterns.optional().describe("Only these tools: names or areas; * is any characters, ? is one."),
    exclude_tools: patterns.optional().describe("Never these tools."),
    read_only: z.boolean().default(false).describe("Only tools that read."),
    guard: file("A guard file for calls of everybody who has the role.").optional(),
    limits: z
      .strictObject({
        writes_per_minute: count("Writes of one person within any 60 seconds."),
        writes_per_day: count("Writes of one person within any 24 hours."),
        removals_per_minute: count("Removals of one person within any 60 seconds."),
        removals_per_day: count("Removals of one person within any 24 hours."),
      })
      .default({})
      .describe("Limits for each person, whatever number of clients they use."),
    may_undo: z.enum(["own", "all"]).default("own").describe("Whose changes somebody in the role may take back."),
  });
}
