import * as z from "zod";
import { apisSchema } from "../../apis/apis-schema.js";
import { isObject } from "../../json/json.js";
import { resourcesSchema } from "../../resources/resources-schema.js";

/** The words for an API that stands beside `apis`; undefined for everything else. */
const strayApi: z.core.$ZodErrorMap = ({ code, input }) =>
  code === "unrecognized_keys" &&
  isObject(input) &&
  Object.values(input).some((value) => isObject(value) && "document" in value)
    ? 'has an API outside of "apis". Write { "apis": { "NAME": { "document": … } } }'
    : undefined;

/**
 * The schema of the file of `OKTA_MCP_APIS`. `apis.schema.json` is made of it. It is made only where there is such a
 * file.
 */
export function apisFileSchema() {
  const members = {
    $schema: z.string().optional().describe("The JSON Schema of this file, for editors."),
    apis: apisSchema().default({}),
    resources: resourcesSchema().default([]),
  };
  return z
    .strictObject(members, { error: strayApi })
    .describe("The company's own APIs as tools, and texts that can be read beside tools.");
}

export type ApisFile = z.infer<ReturnType<typeof apisFileSchema>>;

/** The published JSON Schema of the file. */
export function apisJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(apisFileSchema(), { target: "draft-7", io: "input" });
  return { $schema, title: "File of APIs of okta-mcp", ...schema };
}
