/** Stands in for the MCP libraries' default validator, see `bundle.ts`: whoever asks it gets a refusal, never a yes. */
export class AjvJsonSchemaValidator {
  getValidator() {
    throw new Error("No compiler for JSON Schema is bundled.");
  }
}

/** That library takes the process from the same file. */
export { default as process } from "node:process";
/** The same by the name that the library of the stateless revision has for it. */
export { AjvJsonSchemaValidator as DefaultJsonSchemaValidator };
