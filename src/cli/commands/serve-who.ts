import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { Io } from "../io.js";

interface WhoFlags {
  config: string;
  json?: true;
  tool?: string;
}

/** `okta-mcp serve who` */
export const serveWhoCommand = (io: Io, finish: Finish): Command =>
  describedCommand("who", "Tell what somebody may do on a company's server, and why.", [
    "okta-mcp serve who ada@acme.example --config serve.json",
    "okta-mcp serve who ada@acme.example --config serve.json --tool delete_group   # why not?",
  ])
    .argument("<login>", "The login of the person at Okta.")
    .requiredOption("--config <file>", "The settings of the server.")
    .option("--tool <name>", "Tell of one tool alone.")
    .option("--json", "One JSON object instead of text.")
    .action(async (login: string, flags: WhoFlags) => {
      const { runServeWho } = await import("../company/run-who.js");
      finish(await runServeWho(io, { login, ...flags }));
    });
