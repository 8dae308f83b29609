import { asObject, itemsAt, type Json, type JsonObject, objectAt, valueAt } from "../json/json.js";
import type { Operations } from "../okta/operations.js";
import type { ToolFor } from "../okta/purpose.js";
import type { Scope } from "../okta/scopes.js";
import { reasonOf } from "../okta/tolerate.js";
import type { ProfileKind } from "../tool.js";

/** The parts of a schema's attribute that this module reads (schemas `UserSchemaAttribute`, `GroupSchemaAttribute`). */
export interface ProfileAttribute {
  type: string | undefined;
  required: boolean;
  readOnly: boolean;
  /** The allowed values; undefined where every value is allowed. */
  values: readonly Json[] | undefined;
  minLength: number | undefined;
  maxLength: number | undefined;
}

export type ProfileAttributes = ReadonlyMap<string, ProfileAttribute>;

/** The known attributes of a schema. */
export interface KnownSchema {
  attributes: ProfileAttributes;
  /** The reason why there may be more attributes, as the end of a sentence; undefined where these are all. */
  unknown?: string;
}

/** The parts of a call that reading a schema needs. */
export interface SchemaReader {
  okta: Operations;
  may(scope: Scope): boolean;
  toolFor: ToolFor;
}

/** The tool that lists the attributes of users, as the end of a sentence; empty where that tool is not on. */
export function attributesListedBy(toolFor: ToolFor): string {
  const name = toolFor("show userSchema");
  return name === undefined ? "" : `; ${name} lists what a user's profile can have`;
}

/**
 * The time for which a schema is kept, in milliseconds. Schemas change rarely, and a schema that lacks a name is read
 * again before the name is refused.
 */
const KEPT_MS = 10 * 60 * 1000;
/** An org has some ten user types at most. */
const MAX_KEPT = 50;

/** The profile schemas of the org, each kept for ten minutes. */
export class ProfileSchemas {
  readonly #now: () => number;
  readonly #kept = new Map<string, { atMs: number; attributes: ProfileAttributes }>();

  /** @param now epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The attributes of a profile, with one request at most.
   * @param schemaId the id of a user type's schema; "default" for the default user type and for groups
   * @param names the schema is read again where the kept one lacks one of these
   * @throws OktaMcpError cancelled
   */
  async read(
    kind: ProfileKind,
    { okta, may }: SchemaReader,
    { schemaId = "default", names = [] }: { schemaId?: string | undefined; names?: readonly string[] } = {},
  ): Promise<KnownSchema> {
    const key = `${kind} ${schemaId}`;
    const last = this.#kept.get(key);
    const kept = last !== undefined && this.#now() - last.atMs < KEPT_MS ? last.attributes : undefined;
    if (kept !== undefined && names.every((name) => kept.has(name))) return { attributes: kept };
    const unless = (unknown: string): KnownSchema => ({ attributes: kept ?? new Map(), unknown });
    if (!may("okta.schemas.read")) return unless("okta.schemas.read is not granted");
    try {
      const schema = await (kind === "user"
        ? okta.schemas.getUserSchema({ schemaId })
        : okta.schemas.getGroupSchema({}));
      const attributes = attributesIn(schema);
      if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
      this.#kept.set(key, { atMs: this.#now(), attributes });
      return { attributes };
    } catch (error) {
      return unless(`the org's schema cannot be read (${reasonOf(error)})`);
    }
  }
}

/** One attribute of a profile's schema. */
export interface SchemaAttribute {
  name: string;
  origin: "base" | "custom";
  /** Okta's whole definition of the attribute. */
  definition: JsonObject;
  required: boolean;
}

/** The attributes of a profile's schema in its order, those of every org first. */
export function schemaAttributes(schema: Json | undefined): SchemaAttribute[] {
  return (["base", "custom"] as const).flatMap((origin) => {
    const part = objectAt(objectAt(schema, "definitions"), origin);
    const required = itemsAt(part, "required");
    return Object.entries(objectAt(part, "properties")).map(([name, given]): SchemaAttribute => {
      const definition = asObject(given);
      return { name, origin, definition, required: definition.required === true || required.includes(name) };
    });
  });
}

function numberAt(value: Json, key: string): number | undefined {
  const number = valueAt(value, key);
  return typeof number === "number" ? number : undefined;
}

function attributesIn(schema: Json | undefined): ProfileAttributes {
  return new Map(
    schemaAttributes(schema).map(({ name, definition, required }): [string, ProfileAttribute] => {
      const values = valueAt(definition, "enum");
      const type = valueAt(definition, "type");
      return [
        name,
        {
          type: typeof type === "string" ? type : undefined,
          required,
          readOnly: valueAt(definition, "mutability") === "READ_ONLY",
          values: Array.isArray(values) ? values : undefined,
          minLength: numberAt(definition, "minLength"),
          maxLength: numberAt(definition, "maxLength"),
        },
      ];
    }),
  );
}
