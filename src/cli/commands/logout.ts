import type { Need } from "../../config/config.js";
import { describedCommand, type MakeCommand } from "../command.js";
import type { Connection } from "../connection.js";
import type { SettingFlags } from "../flags.js";
import type { Io } from "../io.js";
import { addSettings } from "../options.js";

/** The advice where Okta could not be told. */
const BY_HAND = {
  device:
    "An access token ends by itself within the hour; to end the rest too, clear the user's sessions and tokens in the Okta Admin Console (Directory > People > the user > More Actions > Clear User Sessions).",
  "private-key": "The app's token ends by itself within the hour.",
} as const;

/** `okta-mcp logout` */
export const logoutCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("logout", "Sign out: revoke the tokens at Okta and delete them on this machine.", [
      "okta-mcp logout",
      "okta-mcp logout --api hr     # out of one of your own APIs alone",
    ]).option("--api <name>", "Sign out of this API of OKTA_MCP_APIS, and of nothing else."),
  ).action(async (options: SettingFlags & { api?: string }) => {
    const { openConnection, showNotices } = await import("../connection.js");
    const needs: Need[] = options.api === undefined ? ["clientId"] : [];
    const connection = await openConnection(io, options, { needs, sandboxSignIn: "person" });
    try {
      showNotices(io, connection);
      const { signOutOfApi } = await import("../apis/api-sign-ins.js");
      const apis = options.api === undefined ? [...(connection.own?.sessions.keys() ?? [])] : [options.api];
      for (const api of apis) await signOutOfApi(io, connection, api);
      if (options.api === undefined && connection.session.method !== "none") await signOutOfOrg(io, connection);
      finish(0);
    } finally {
      await connection.close();
    }
  });

async function signOutOfOrg(io: Io, { session, config }: Connection): Promise<void> {
  const org = new URL(config.orgUrl).host;
  await session.restore();
  const { signedIn, outlives } = await session.status();
  if (session.method === "access-token") {
    io.note("Nothing to sign out of: OKTA_ACCESS_TOKEN is set, and nothing is stored.");
  } else if (session.method === "private-key" && !outlives) {
    io.note("Nothing to sign out of: a private key is set, and OKTA_MCP_TOKEN_STORE has no token of it kept.");
  } else if (!outlives && !signedIn) {
    io.note("Nothing to sign out of: without a store that lasts, a sign-in ends with the process that made it.");
  } else {
    const { revoked } = await session.signOut();
    if (!revoked) {
      io.note(`Signed out of ${org}: the tokens were deleted here.`);
      io.note(
        `${io.style("yellow", "Notice:")} Okta could not be told, so they were not revoked there. ${BY_HAND[session.method === "private-key" ? "private-key" : "device"]}`,
      );
    } else if (signedIn) io.note(`Signed out of ${org}: the tokens were revoked at Okta and deleted here.`);
    else if (session.method === "device") io.note(`Nobody was signed in to ${org}; nothing is kept here.`);
    else io.note(`No token that still counts was kept for ${org}; nothing is kept here now.`);
  }
}
