import { type CatalogueEntry, createCatalogue, type ScopeView, scopeState } from "../../catalogue.js";
import { inertJson } from "../../inert-json.js";
import { describedCommand, type MakeCommand } from "../command.js";
import { columnsOf, type Io } from "../io.js";
import { addSettings, type SettingFlags, settingFlags } from "../options.js";
import { wrap } from "../words.js";

const WHY_OFF = {
  not_configured: "its scope is not in OKTA_SCOPES",
  not_granted: "the sign-in did not grant its scope",
} as const;

/** One line of the list. */
interface ToolLine {
  name: string;
  title: string;
  area: string;
  effect: string;
  scope: string | null;
  on: boolean;
  why: string | null;
}

/** `okta-mcp tools` */
export const toolsCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("tools", "List every tool with its effect and scope, whether it is on, and why not.", [
      "okta-mcp tools",
      'okta-mcp tools --scopes "okta.users.read okta.groups.manage"   # what a set of scopes would unlock',
      "okta-mcp tools --json | jq -r '.[] | select(.on) | .name'",
    ]).option("--json", "One JSON array instead of text."),
  ).action(async (options: SettingFlags & { json?: true }) => {
    const { areas } = await import("../../../tools/index.js");
    const view = await scopesInUse(io, options);
    const lines = createCatalogue(areas).entries.map((entry) => describe(entry, view));
    if (options.json) io.out(inertJson(lines, io.stdout.isTTY ? 2 : undefined));
    else showLines(io, lines, view);
    finish(0);
  });

/**
 * What is configured, and what a stored sign-in grants where there is one. Settings that are merely
 * missing do not stand in the way: then nobody can be signed in.
 * @throws OktaMcpError bad_config for settings that are wrong
 */
async function scopesInUse(io: Io, options: SettingFlags): Promise<ScopeView> {
  const { loadSettings } = await import("../../config.js");
  const { openConnection } = await import("../connection.js");
  if (!options.sandbox) {
    const { orgUrl, clientId, scopes, credential } = loadSettings({ flags: settingFlags(options), env: io.env }, []);
    const complete =
      orgUrl !== undefined && scopes.length > 0 && (clientId !== undefined || credential.method === "access-token");
    if (!complete) return { configured: new Set(scopes), granted: undefined };
  }
  const connection = await openConnection(io, options, { practice: "ready" });
  try {
    await connection.session.restore();
    return { configured: connection.session.configured, granted: connection.session.granted() };
  } finally {
    await connection.close();
  }
}

function describe({ name, title, area, effect, scope }: CatalogueEntry, view: ScopeView): ToolLine {
  const state = scopeState(scope, view);
  return { name, title, area, effect, scope, on: state === "on", why: state === "on" ? null : WHY_OFF[state] };
}

function showLines(io: Io, lines: readonly ToolLine[], { configured }: ScopeView): void {
  const nameWidth = Math.max(...lines.map(({ name }) => name.length));
  const effectWidth = Math.max(...lines.map(({ effect }) => effect.length));
  for (const area of [...new Set(lines.map((line) => line.area))].sort()) {
    io.out(io.style("bold", area, io.stdout));
    for (const { name, effect, scope, on } of lines.filter((line) => line.area === area)) {
      const text = `${name.padEnd(nameWidth)}  ${effect.padEnd(effectWidth)}  ${scope ?? "no scope needed"}`;
      io.out(on ? `  on   ${text}` : io.style("dim", `  off  ${text}`, io.stdout));
    }
  }
  const say = (text: string) => io.out(io.stdout.isTTY ? wrap(text, columnsOf(io.stdout)) : text);
  io.out("");
  say(`${lines.filter(({ on }) => on).length} of ${lines.length} tools are on.`);
  if (configured.size === 0) {
    say("OKTA_SCOPES is empty, so the others are off. --scopes shows what a set of scopes would unlock.");
    return;
  }
  for (const why of Object.values(WHY_OFF)) {
    const scopes = [...new Set(lines.filter((line) => line.why === why).map(({ scope }) => scope))];
    if (scopes.length > 0) say(`Off because ${why}: ${scopes.join(", ")}`);
  }
}
