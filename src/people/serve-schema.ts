import * as z from "zod";
import { isObject } from "../json/json.js";
import { type ServeFile, serveFields } from "./serve-fields.js";
import { checkTogether } from "./serve-rules.js";
import { type AddMistake, type WholeParts, wholeParts } from "./whole-parts.js";

/** A further check of the parts that have no mistake by themselves. */
export type CheckParts = (parts: WholeParts, add: AddMistake) => void;

/**
 * The schema of serve.json. `serve.schema.json` is made of it. It is made only where there is such a file. It names the
 * mistakes between the parts even where some part has a mistake by itself.
 * @param check a further check, e.g. of the files that it names
 */
export function serveFileSchema(check: CheckParts = () => {}): z.ZodType<ServeFile> {
  return serveFields().superRefine(
    (value, context) => {
      const parts = wholeParts(value, context.issues);
      const add: AddMistake = (path, message) => context.addIssue({ code: "custom", path, message });
      checkTogether(parts, add);
      check(parts, add);
    },
    { when: ({ value }) => isObject(value) },
  );
}

/** The published JSON Schema of serve.json. */
export function serveJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(serveFields(), { target: "draft-7", io: "input" });
  return { $schema, title: "Settings of okta-mcp serve", ...schema };
}
