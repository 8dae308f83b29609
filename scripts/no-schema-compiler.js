/** Stands in for the MCP SDK's default validator, see `bundle.ts`: whoever asks it gets a refusal, never a yes. */
export class AjvJsonSchemaValidator {
  getValidator() {
    throw new Error("No compiler for JSON Schema is bundled.");
  }
}
