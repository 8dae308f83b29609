import { describedCommand, type MakeCommand } from "../command.js";
import type { SettingFlags } from "../flags.js";
import { addSettings } from "../options.js";

const REVOKE_BY_HAND =
  "An access token ends by itself within the hour; to end the rest too, clear the person's sessions and tokens in the Okta Admin Console (Directory > People > the person > More Actions > Clear User Sessions).";

/** `okta-mcp logout` */
export const logoutCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("logout", "Sign out: revoke the tokens at Okta and delete them on this machine.", [
      "okta-mcp logout",
    ]),
  ).action(async (options: SettingFlags) => {
    const { openConnection, showNotices } = await import("../connection.js");
    const connection = await openConnection(io, options, { needs: ["clientId"], practice: "person" });
    const { session, config } = connection;
    try {
      showNotices(io, connection);
      const org = new URL(config.orgUrl).host;
      await session.restore();
      const { signedIn, outlives } = await session.status();
      if (session.method !== "device") {
        io.note(
          `Nothing to sign out of: ${session.method === "private-key" ? "a private key" : "OKTA_ACCESS_TOKEN"} is set, and nothing is stored.`,
        );
      } else if (!outlives && !signedIn) {
        io.note("Nothing to sign out of: without a store that lasts, a sign-in ends with the process that made it.");
      } else {
        const { revoked } = await session.signOut();
        if (!signedIn) io.note(`Nobody was signed in to ${org}; nothing is kept here.`);
        else if (revoked) io.note(`Signed out of ${org}: the tokens were revoked at Okta and deleted here.`);
        else {
          io.note(`Signed out of ${org}: the tokens were deleted here.`);
          io.note(
            `${io.style("yellow", "Notice:")} Okta could not be told, so they were not revoked there. ${REVOKE_BY_HAND}`,
          );
        }
      }
      finish(0);
    } finally {
      await connection.close();
    }
  });
