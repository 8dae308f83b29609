import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { AdminLinkFlags } from "../company/run-admin-link.js";
import type { Io } from "../io.js";

/** `okta-mcp serve admin-link` */
export const serveAdminLinkCommand = (io: Io, finish: Finish): Command =>
  describedCommand(
    "admin-link",
    "Make a link that opens the admin pages once, without Okta, where sign_on.break_glass allows it.",
    ["okta-mcp serve admin-link --config serve.json"],
  )
    .requiredOption("--config <file>", "The settings of the server.")
    .action(async (flags: AdminLinkFlags) => {
      const { runAdminLink } = await import("../company/run-admin-link.js");
      finish(await runAdminLink(io, flags));
    });
