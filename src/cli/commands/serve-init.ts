import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { InitFlags } from "../company/run-init.js";
import type { Io } from "../io.js";

const collect = (value: string, before: string[] = []) => [...before, value];

/** `okta-mcp serve init` */
export const serveInitCommand = (io: Io, finish: Finish): Command =>
  describedCommand("init", "Write serve.json and its keys, and tell what to click in Okta. It overwrites nothing.", [
    "okta-mcp serve init                       # asks",
    "okta-mcp serve init --org-url https://acme.okta.com --public-url https://mcp.acme.com \\",
    "    --client-id 0oa1b2c3d4 --role helpdesk=00g1b2c3d4 --role reader=00g5e6f7g8",
  ])
    .option("--dir <folder>", "The folder to write into.", ".")
    .option("--org-url <url>", "The org, e.g. https://acme.okta.com.")
    .option("--public-url <url>", "The address at which clients will reach the server.")
    .option("--client-id <id>", "The client id of the web app in Okta.")
    .option("--role <name=groups>", "A role (reader, helpdesk, admin) and the ids of its groups. Repeatable.", collect)
    .option("--service <name=id>", "A role that acts as a service app, with that app's client id. Repeatable.", collect)
    .action(async (flags: InitFlags) => {
      const { runServeInit } = await import("../company/run-init.js");
      finish(await runServeInit(io, flags));
    });
