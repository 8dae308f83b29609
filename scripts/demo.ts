/**
 * A small real job through the built server, as a client does it: sign in by the device grant,
 * find a person, add them to a group, deactivate them with consent, read the log of it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../sandbox/facts.js";
import { orgAuthorization } from "../sandbox/org-authorization.js";
import { startSandbox } from "../sandbox/server.js";
import { wrap } from "../src/cli/words.js";
import { SCOPES } from "../src/okta/scopes.js";

type Json = Record<string, unknown>;
type User = {
  id: string;
  status: string;
  profile: { firstName: string; lastName: string; login: string };
};
type Group = { id: string; profile: { name: string } };
type LogEvent = { published: string; eventType: string; displayMessage: string; actor: { displayName: string } };

const style = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (format: Parameters<typeof styleText>[0], text: string) =>
  style ? styleText(format, text, { validateStream: false }) : text;
const columns = Math.min(process.stdout.columns ?? 100, 100);
const say = (line = "") => process.stdout.write(`${wrap(line, columns)}\n`);
const step = (title: string) => say(`\n${paint("bold", title)}`);

/** A speaker's line; what does not fit stands under its text, so that the speakers stay easy to tell apart. */
const MARGIN = " ".repeat("  assistant  ".length);
const speak = (speaker: string, line: string) =>
  process.stdout.write(`  ${speaker}  ${wrap(line, columns - MARGIN.length).replaceAll("\n", `\n${MARGIN}`)}\n`);
const client$ = (line: string) => speak(paint("cyan", "assistant"), line);
const server$ = (line: string) => speak(paint("green", "okta-mcp "), line);
const person$ = (line: string) => speak(paint("magenta", "person   "), line);

/** JSON on one line, with spaces where a line may be broken. */
const spaced = (json: Json) =>
  JSON.stringify(json, undefined, 1)
    .replace(/\n\s*/g, " ")
    .replace(/([[{]) | ([\]}])/g, "$1$2");

/** Does what a person does with the sign-in link: opens the page and presses Allow. */
async function pressAllow(link: string): Promise<void> {
  const page = await fetch(link);
  const cookie = page.headers.get("set-cookie")?.split(";")[0] ?? "";
  const fields = [...(await page.text()).matchAll(/name="(user_code|csrf_token)" value="([^"]*)"/g)];
  const form = new URLSearchParams(fields.map(([, name = "", value = ""]): [string, string] => [name, value]));
  form.set("decision", "allow");
  await fetch(new URL("/activate", link), { method: "POST", body: form, headers: { cookie } });
}

/** Facts of the sandbox's company. */
function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The pretend company lacks ${what}.`);
  return value;
}

const startedAtMs = Date.now();
say(paint("bold", "okta-mcp, the demo"));
say("A pretend Okta org, the built server over stdio, the official MCP client. Nothing leaves this machine.");
say("This program plays the assistant and the person, too: you need do nothing but watch.");

// What a server keeps for a person, such as its journal of changes, would be of no use afterwards.
const home = mkdtempSync(join(tmpdir(), "okta-mcp-demo-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const sandbox = await startSandbox({ authorization: orgAuthorization({ deviceIntervalSeconds: 1 }) });

step("1  The client starts the server");
const client = new Client({ name: "demo", version: "1.0.0" }, { capabilities: { elicitation: { form: {}, url: {} } } });
client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
  if (params.mode === "url") {
    server$(params.message);
    server$(paint("underline", params.url));
    await pressAllow(params.url);
    person$("opens the link, reads which app asks for what, and presses Allow");
    return { action: "accept" };
  }
  for (const line of params.message.split("\n")) server$(line);
  person$("reads it and says yes");
  return { action: "accept", content: { confirm: true } };
});
const transport = new StdioClientTransport({
  command: process.execPath,
  args: ["dist/okta-mcp.js"],
  env: {
    PATH: process.env.PATH ?? "",
    HOME: home,
    LOCALAPPDATA: home,
    OKTA_MCP_JOURNAL: join(home, "journal"),
    OKTA_ORG_URL: sandbox.origin,
    OKTA_CLIENT_ID: DEVICE_CLIENT_ID,
    OKTA_SCOPES: Object.keys(SCOPES).join(" "),
    OKTA_MCP_TOKEN_STORE: "memory",
    // This program reads results as JSON; a client with a model leaves it out.
    OKTA_MCP_STRUCTURED_CONTENT: "1",
  },
  stderr: "pipe",
});
const spawnedAtMs = Date.now();
await client.connect(transport);
server$(
  `ready after ${Date.now() - spawnedAtMs} ms; nobody signed in yet, ${sandbox.requests.length} requests sent to Okta`,
);
const { tools } = await client.listTools();
server$(
  `${tools.length} tools for ${Object.keys(SCOPES).length} scopes, described in ${Math.round(JSON.stringify(tools).length / 1000)} kB`,
);

/** Calls a tool and shows the call. */
async function call<T>(name: string, args: Json): Promise<T> {
  client$(`${paint("bold", name)} ${paint("dim", spaced(args))}`);
  const result = await client.callTool({ name, arguments: args }, undefined, { timeout: 60_000 });
  const content = result.structuredContent as T & { error?: { code: string; message: string } };
  if (content.error) throw new Error(`${name}: ${content.error.code}: ${content.error.message}`);
  return content;
}

step("2  The first call that needs Okta brings up the sign-in");
const found = await call<{ items: User[]; total_fetched: number }>("list_users", {
  search: 'status eq "ACTIVE" and profile.department eq "Engineering"',
  fields: ["id", "status", "profile.login", "profile.firstName", "profile.lastName"],
});
server$(`signed in; ${found.total_fetched} active users in Engineering`);

step("3  Somebody from Engineering joins a group");
const groups = await call<{ items: Group[] }>("list_groups", {
  search: 'profile.name sw "Pilot"',
  fields: ["id", "profile.name"],
});
const group = must(groups.items[0], "a pilot group");
const memberIds = async () => {
  const listed = await call<{ items: { id: string }[] }>("list_group_users", { group_id: group.id, fields: ["id"] });
  return new Set(listed.items.map(({ id }) => id));
};
const before = await memberIds();
const user = must(
  found.items.find(({ id, profile }) => !before.has(id) && profile.login !== ADMIN_LOGIN),
  "an engineer outside the group",
);
const name = `${user.profile.firstName} ${user.profile.lastName}`;
server$(`"${group.profile.name}" has ${before.size} members; ${name} is not among them`);
await call("add_user_to_group", { group_id: group.id, user_id: user.id });
const members = await memberIds();
const isMember = members.has(user.id);
server$(`now it has ${members.size}, ${user.profile.firstName} ${isMember ? "among them" : "missing"}`);

step(`4  ${name} leaves the company: a removal, so a person is asked`);
await call("deactivate_user", { user_id: user.id });
const after = await call<User>("get_user", { user_id: user.id, fields: ["status"] });
server$(`status is now ${paint("bold", after.status)}`);

step("5  What the system log says about it");
const log = await call<{ items: LogEvent[] }>("get_logs", {
  since: new Date(startedAtMs - 1000).toISOString(),
  filter: `target.id eq "${user.id}"`,
  fields: ["published", "eventType", "displayMessage", "actor.displayName"],
});
for (const event of log.items) {
  server$(`${event.published.slice(11, 19)}  ${event.eventType.padEnd(36)} by ${event.actor.displayName}`);
}

await client.close();
await sandbox.close();
const done = isMember && after.status === "DEPROVISIONED" && log.items.length >= 2;
say(
  done
    ? `\n${paint(["bold", "green"], "Done")} in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s. Next: connect your own client, see "Connect a client" in README.md.`
    : `\n${paint(["bold", "red"], "Something is missing")}: see above.`,
);
process.exitCode = done ? 0 : 1;
