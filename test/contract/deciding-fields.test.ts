import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FACTS_FILE } from "../support/openapi-dir.js";

interface Schema {
  $ref?: string;
  readOnly?: boolean;
  properties?: Record<string, Schema>;
  allOf?: Schema[];
}
interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

const {
  management,
}: {
  management: { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };
} = JSON.parse(readFileSync(FACTS_FILE, "utf8"));

const referred = ({ $ref }: Schema) => management.components.schemas[$ref?.split("/").at(-1) ?? ""];

/** The top-level fields of a body's schema, each with its own schema. */
function fieldsOf(schema: Schema | undefined): [name: string, field: Schema][] {
  if (schema === undefined) return [];
  const parts = [referred(schema), ...(schema.allOf ?? [])].flatMap(fieldsOf);
  return [...parts, ...Object.entries(schema.properties ?? {})];
}

/** Names of fields by which a body changes more than a setting of the object that the call names. */
const DECIDING = /^(status|system|priority|isDefault|default|enabled|active|groupIds|brandId|emailDomainId|realmId)$/;

test("the fields are known by which the body of a write does more than its name says", () => {
  const found = Object.values(management.paths)
    .flatMap((path) => Object.values(path))
    .flatMap(({ operationId, requestBody }) => {
      const fields = fieldsOf(requestBody?.content["application/json"]?.schema);
      const writable = fields.filter(
        ([name, field]) => DECIDING.test(name) && !field.readOnly && !referred(field)?.readOnly,
      );
      const names = [...new Set(writable.map(([name]) => name))].sort();
      return names.length === 0 ? [] : [[operationId, names.join(", ")]];
    });
  // If a line is added here, its tool may need `alsoDoes`, `touches` or `impact`, which tell what the field does.
  expect(Object.fromEntries(found)).toEqual({
    // No tool sends these two fields.
    assignGroupToApplication: "priority",
    replaceUser: "realmId",
    createEmailCustomization: "isDefault",
    createEmailDomain: "brandId",
    createPolicy: "priority, status, system",
    createPolicyRule: "priority, status, system",
    createUser: "groupIds, realmId",
    replaceBrand: "emailDomainId",
    replaceCustomDomain: "brandId",
    replaceEmailCustomization: "isDefault",
    replacePolicy: "priority, status, system",
    replacePolicyRule: "priority, status, system",
    updateUser: "realmId",
  });
});
