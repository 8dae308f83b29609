import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { temporaryDir } from "../../files/user-dirs.js";
import { fewestForAll } from "../../okta/scopes.js";
import { checkServe, type LoadedServe, serveFileError } from "../../people/load-serve.js";
import { portError } from "../port.js";
import { type PretendCompany, startPretendCompany } from "./pretend-company.js";
import { SERVE_CHECKS } from "./serve-checks.js";

/** The port of `okta-mcp serve --sandbox` where it is free and no other is named. */
const USUAL_PORT = 8_480;
const HOST = "127.0.0.1";

/** A pretend company for a server, until it is closed. */
export interface ServeSandbox {
  settings: LoadedServe;
  /** The address of the pretend org. */
  orgUrl: string;
  orgName: string;
  /** The address of the practice API. */
  apiUrl: string;
  /** Who can sign in, and what they may do, for a person. */
  people: readonly { name: string; may: string }[];
  /** Has the org tell the server from now on when somebody leaves. The server has to listen. */
  tellOfDepartures(): Promise<void>;
  close(): Promise<void>;
}

/** The files with secrets. */
const FILES = { web: "secret", hr: "hr-secret", hook: "hook" } as const;

const NOTHING = "nothing: no group with a role";

/** What each role may do, in words. Whoever has another one is staff besides. */
const MAY = {
  admins: "everything, and the admin pages",
  helpdesk: "reads users, groups, policies and the log; changes users and deactivates them, with approval",
  viewers: "reads, and changes nothing",
  staff: "nothing at Okta; the own record, schedule and time off at HR, as everybody above",
} as const;

/** The events of which the pretend org's event hook tells. */
const LEAVING = [
  "user.lifecycle.deactivate",
  "user.lifecycle.suspend",
  "application.user_membership.remove",
  "group.user_membership.remove",
  "group.user_membership.add",
];

/** The roles of the pretend company. Each belongs to the group of its name. */
function rolesFor(groups: Record<keyof typeof MAY, string>) {
  return [
    { name: "admin", groups: [groups.admins], scopes: fewestForAll() },
    {
      name: "helpdesk",
      groups: [groups.helpdesk],
      scopes: ["okta.users.manage", "okta.groups.read", "okta.policies.read", "okta.logs.read"],
      exclude_tools: ["delete_*"],
      limits: { removals_per_day: 10 },
    },
    {
      name: "viewer",
      groups: [groups.viewers],
      scopes: ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.policies.read", "okta.logs.read"],
      read_only: true,
    },
  ];
}

/**
 * Starts a pretend company: an org with people, groups and a web app, and the settings of a server for it. Its files are
 * in a temporary folder, which goes with it.
 * @param port the port of the server; 0 is any that is free, undefined the usual one where it is free
 * @throws OktaMcpError bad_input where the port is taken
 */
export async function startServeSandbox(port: number | undefined): Promise<ServeSandbox> {
  const { startEventHook } = await import("../../../sandbox/event-hooks.js");
  const ownPort = await choosePort(port);
  const publicUrl = `http://${HOST}:${ownPort}`;
  const secret = () => randomBytes(32).toString("base64url");
  const secrets = { web: secret(), hr: secret(), hook: secret() };
  const folder = mkdtempSync(join(temporaryDir(), "okta-mcp-serve-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  let company: PretendCompany | undefined;
  try {
    company = await startPretendCompany(publicUrl, secrets, FILES.hr);
    const { sandbox, clientId, groups, people, apiUrl, example, staffRole, texts, close } = company;
    const files = { ...texts, [FILES.web]: secrets.web, [FILES.hr]: secrets.hr, [FILES.hook]: secrets.hook };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    const file = join(folder, "serve.json");
    const text = JSON.stringify({
      public_url: publicUrl,
      listen: { host: HOST, port: ownPort },
      drain_delay_seconds: 0,
      data_dir: "data",
      okta: { org_url: sandbox.origin, client_id: clientId, client_secret_file: FILES.web },
      roles: [...rolesFor(groups), { name: staffRole, groups: [groups.staff] }],
      ...example,
      leaving: { event_hook_secret_files: [FILES.hook] },
      admins: { groups: [groups.admins] },
      log: { level: "warn" },
    });
    const settings = checkServe(text, file, SERVE_CHECKS);
    if ("problems" in settings) throw serveFileError(file, settings.problems);
    const hookUri = `${publicUrl}/okta/events`;
    const hook = startEventHook(sandbox.org, { uri: hookUri, secret: secrets.hook, events: LEAVING });
    return {
      settings,
      async tellOfDepartures() {
        if (!(await hook.verify())) throw new Error("The server did not take the event hook of the pretend org.");
      },
      orgUrl: sandbox.origin,
      orgName: sandbox.org.name,
      apiUrl,
      people: people.map(({ name, groups: [first] }) => ({ name, may: first === undefined ? NOTHING : MAY[first] })),
      async close() {
        hook.close();
        await close();
        removeFolder();
      },
    };
  } catch (error) {
    await company?.close();
    removeFolder();
    throw error;
  }
}

/** A port that is free at the moment. The settings have to tell it before the server listens. */
async function choosePort(wanted: number | undefined): Promise<number> {
  try {
    return await freePort(wanted ?? USUAL_PORT);
  } catch (error) {
    if (wanted === undefined) return freePort(0);
    throw portError(wanted, error as NodeJS.ErrnoException);
  }
}

async function freePort(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, HOST, resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" && address !== null ? address.port : port;
}
