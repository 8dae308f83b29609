import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { EraseFlags } from "../company/run-erase.js";
import type { Io } from "../io.js";

/** `okta-mcp serve erase` */
export const serveEraseCommand = (io: Io, finish: Finish): Command =>
  describedCommand("erase", "End somebody's access to a company's server, and erase what it keeps of them.", [
    "okta-mcp serve erase ada@acme.example --config serve.json                                # asks first",
    "okta-mcp serve erase ada@acme.example --config serve.json --confirm ada@acme.example     # in a script",
  ])
    .argument("<login>", "The login of the person at Okta, or the id that serve who shows.")
    .requiredOption("--config <file>", "The settings of the server. It may run meanwhile.")
    .option("--confirm <login>", "The login once more, in place of the question.")
    .option("--json", "One JSON object instead of text.")
    .action(async (login: string, flags: EraseFlags) => {
      const { runServeErase } = await import("../company/run-erase.js");
      finish(await runServeErase(io, login, flags));
    });
