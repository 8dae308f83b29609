import { hostname, userInfo } from "node:os";
import { OktaMcpError } from "../../errors/index.js";
import { visible } from "../../text/quote.js";
import { adminLinkAddress } from "../../web/break-glass.js";
import type { Io } from "../io.js";
import { besideServer } from "./beside-store.js";

/** The options of `okta-mcp serve admin-link`. */
export interface AdminLinkFlags {
  /** The path of serve.json. */
  config: string;
  /** Epoch milliseconds; by default the clock of the machine. */
  now?: () => number;
}

/** Whoever runs the command, for the record. */
function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container's user may have no name.
    return `uid ${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
}

/**
 * Makes a link that opens the admin pages once, without Okta.
 * @returns the exit code: 0
 * @throws OktaMcpError bad_config where the settings do not allow it, or no server was started yet; store_unavailable
 */
export async function runAdminLink(io: Io, { config, now }: AdminLinkFlags): Promise<number> {
  const make: Parameters<typeof besideServer<string>>[2] = async (store, { content }) => {
    const { break_glass, break_glass_port } = content.sign_on;
    if (!break_glass) {
      throw new OktaMcpError("bad_config", `${visible(config)} does not allow links of this machine.`, {
        fix: "Set sign_on.break_glass to true and start the server again. Set it back when Okta lets people in again.",
      });
    }
    const by = whoAmI();
    const secret = await store.adminLinks.make(by);
    await store.audit.add({ actor: "serve admin-link", action: "admin_link", outcome: "done", detail: { by } });
    return adminLinkAddress(break_glass_port, secret);
  };
  const address = await besideServer(io, config, make, now);
  io.note("This link opens the admin pages without Okta, once, within five minutes, for fifteen minutes.");
  io.note("It counts on this machine alone. From elsewhere: ssh -L PORT:127.0.0.1:PORT, with its port.");
  io.note("It is on record that you made it, and what is done with it.");
  io.out(address);
  return 0;
}
