import { isObject, valueAt } from "./json.js";
import type { Operations } from "./okta/operations.js";
import type { Json } from "./okta/request.js";
import { reasonOf } from "./okta/tolerate.js";
import type { Scope } from "./scopes.js";

/** Whose profile a schema describes. */
export type ProfileKind = "user" | "group";

/** What a schema says of one attribute, as far as it is read here (schemas `UserSchemaAttribute`, `GroupSchemaAttribute`). */
export interface ProfileAttribute {
  type: string | undefined;
  required: boolean;
  readOnly: boolean;
  /** The values it may have; undefined where any will do. */
  values: readonly Json[] | undefined;
  minLength: number | undefined;
  maxLength: number | undefined;
}

export type ProfileAttributes = ReadonlyMap<string, ProfileAttribute>;

/** A schema, or why it is not known: the end of a sentence. */
export type KnownSchema = { attributes: ProfileAttributes } | { unknown: string };

/** What reading a schema needs of a call. */
export interface SchemaReader {
  okta: Operations;
  may(scope: Scope): boolean;
}

/** An org's schemas change rarely, and one that lacks a name is read again before it is believed. */
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
   * The attributes of a profile.
   * @param schemaId of a user type's schema; "default" for the default user type, and for groups
   * @param fresh true where what is kept will not do
   * @throws OktaMcpError cancelled
   */
  async read(
    kind: ProfileKind,
    { okta, may }: SchemaReader,
    { schemaId = "default", fresh = false }: { schemaId?: string | undefined; fresh?: boolean } = {},
  ): Promise<KnownSchema> {
    const key = `${kind} ${schemaId}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && !fresh && this.#now() - kept.atMs < KEPT_MS) return kept;
    if (!may("okta.schemas.read")) return { unknown: "okta.schemas.read is not granted" };
    try {
      const schema = await (kind === "user"
        ? okta.schemas.getUserSchema({ schemaId })
        : okta.schemas.getGroupSchema({}));
      const read = { atMs: this.#now(), attributes: attributesIn(schema) };
      if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
      this.#kept.set(key, read);
      return read;
    } catch (error) {
      return { unknown: `the org's schema cannot be read (${reasonOf(error)})` };
    }
  }
}

function numberAt(value: Json | undefined, key: string): number | undefined {
  const number = valueAt(value, key);
  return typeof number === "number" ? number : undefined;
}

function attributesIn(schema: Json | undefined): ProfileAttributes {
  const attributes = new Map<string, ProfileAttribute>();
  for (const origin of ["base", "custom"]) {
    const properties = valueAt(schema, "definitions", origin, "properties");
    const required = valueAt(schema, "definitions", origin, "required");
    for (const [name, definition] of Object.entries(isObject(properties) ? properties : {})) {
      const values = valueAt(definition, "enum");
      const type = valueAt(definition, "type");
      attributes.set(name, {
        type: typeof type === "string" ? type : undefined,
        required: valueAt(definition, "required") === true || (Array.isArray(required) && required.includes(name)),
        readOnly: valueAt(definition, "mutability") === "READ_ONLY",
        values: Array.isArray(values) ? values : undefined,
        minLength: numberAt(definition, "minLength"),
        maxLength: numberAt(definition, "maxLength"),
      });
    }
  }
  return attributes;
}
