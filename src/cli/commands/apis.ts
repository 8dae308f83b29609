import { describedCommand, type MakeCommand } from "../command.js";
import { usageError } from "../failure.js";

interface CheckFlags {
  document?: string;
  json?: boolean;
}

const checkCommand: MakeCommand = (io, finish) =>
  describedCommand(
    "check",
    "Look at the settings of APIs: which tools they make, how large these are, and what is left out.",
    [
      "okta-mcp apis check --document hr.openapi.yaml   # what could be chosen, before there are settings",
      "okta-mcp apis check apis.json",
      "okta-mcp apis check serve.json --json | jq '.apis[].tools[] | select(.asks)'",
    ],
  )
    .argument("[file]", "file of APIs, or serve.json; else the one in OKTA_MCP_APIS")
    .option("--document <file>", "List the operations of an OpenAPI document, whatever the settings.")
    .option("--json", "One JSON object instead of text.")
    .action(async (file: string | undefined, { document, json = false }: CheckFlags) => {
      if (document !== undefined && file !== undefined) {
        throw usageError(
          "--document looks at a document alone, so a file of settings has no place beside it.",
          "Leave one of them out.",
        );
      }
      if (document !== undefined) {
        const { showDocument } = await import("../apis/show-document.js");
        return finish(await showDocument(io, document, { json }));
      }
      const { runApisCheck } = await import("../apis/run-apis-check.js");
      finish(await runApisCheck(io, file, { json }));
    });

/** `okta-mcp apis` */
export const apisCommand: MakeCommand = (io, finish) =>
  describedCommand("apis", "Look at a company's own APIs, whose operations become tools.", [
    "okta-mcp apis check --document hr.openapi.yaml",
    "okta-mcp apis check apis.json",
  ])
    .usage("<command> [options]")
    .addCommand(checkCommand(io, finish));
