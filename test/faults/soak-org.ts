/** Runs the soak's org in a process of its own. It sends its facts to its parent process and ends with it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { startSandbox } from "../../sandbox/server.js";

/** The facts about the org that the soak needs. */
export interface SoakOrg {
  /** The settings that lead a server to the org. */
  env: Record<string, string>;
  /** The home folder of the server's user. */
  folder: string;
  groupId: string;
  userIds: string[];
}

const SCOPES = ["okta.users.manage", "okta.groups.manage", "okta.logs.read"];

const sandbox = await startSandbox({ keepRequests: 0 });
const folder = mkdtempSync(join(tmpdir(), "okta-mcp-soak-"));
const facts: SoakOrg = {
  folder,
  env: {
    HOME: folder,
    XDG_DATA_HOME: join(folder, "data"),
    OKTA_ORG_URL: sandbox.origin,
    OKTA_CLIENT_ID: DEVICE_CLIENT_ID,
    OKTA_SCOPES: SCOPES.join(" "),
    OKTA_ACCESS_TOKEN: await sandbox.authorization.control.issueAccessToken(SCOPES),
    OKTA_MCP_CONFIRM: "never",
  },
  groupId: sandbox.org.addGroup({ profile: { name: "Soak" } }).id,
  userIds: sandbox.org.users
    .all()
    .slice(0, 50)
    .map(({ id }) => id),
};
process.once("disconnect", () => {
  rmSync(folder, { recursive: true, force: true });
  void sandbox.close();
});
process.send?.(facts);
