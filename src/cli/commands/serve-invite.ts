import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { InviteFlags } from "../company/run-invite.js";
import type { Io } from "../io.js";

/** `okta-mcp serve invite` */
export const serveInviteCommand = (io: Io, finish: Finish): Command =>
  describedCommand("invite", "Let somebody sign in who was never here, where sign_on.auto_create is false.", [
    "okta-mcp serve invite ada@acme.example --config serve.json",
    "okta-mcp serve invite --id 00u1b2c3d4e5f6g7h8 --config serve.json   # without a directory app",
    "okta-mcp serve invite --list --config serve.json",
    "okta-mcp serve invite ada@acme.example --withdraw --config serve.json",
  ])
    .argument("[login]", "The login of the person at Okta.")
    .requiredOption("--config <file>", "The settings of the server.")
    .option("--id <id>", "The id of the person at Okta, in place of a login.")
    .option("--list", "List the invitations that are open.")
    .option("--withdraw", "Take an invitation back.")
    .option("--json", "JSON instead of text.")
    .action(async (login: string | undefined, flags: InviteFlags) => {
      const { runInvite } = await import("../company/run-invite.js");
      finish(await runInvite(io, login, flags));
    });
