import { type ScopesInUse, toolsOn } from "../../catalogue/active-tools.js";
import type { CatalogueEntry } from "../../catalogue/catalogue.js";
import { WHY_OFF, whyOff } from "../../catalogue/scope-status.js";
import type { Settings } from "../../config/config.js";
import { inertJson } from "../../text/inert-json.js";
import { describedCommand, type MakeCommand } from "../command.js";
import type { SettingFlags } from "../flags.js";
import { columnsOf, type Io } from "../io.js";
import { addSettings } from "../options.js";
import { wrap } from "../words.js";

/** One line of the list. */
interface ToolLine {
  name: string;
  title: string;
  area: string;
  effect: string;
  scope: string | null;
  /** The API that it calls, and the scopes that it needs there; null where anybody may call it. */
  api?: { name: string; scopes: readonly string[] | null };
  on: boolean;
  why: string | null;
}

/** `okta-mcp tools` */
export const toolsCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("tools", "List every tool with its effect and scope, whether it is on, and why not.", [
      "okta-mcp tools",
      "okta-mcp tools get_user   # what it does and takes, and how it is called",
      'okta-mcp tools --scopes "okta.users.read okta.groups.manage"   # what a set of scopes would unlock',
      "okta-mcp tools --json | jq -r '.[] | select(.on) | .name'",
    ])
      .argument("[tool]", "only this tool, with its arguments")
      .option("--json", "One JSON array instead of text; of one tool its schema."),
  ).action(async (name: string | undefined, options: SettingFlags & { json?: true }) => {
    const { chosenCatalogue } = await import("../chosen-catalogue.js");
    const { view, settings } = await scopesInUse(io, options);
    const catalogue = chosenCatalogue(settings);
    const on = toolsOn(catalogue, view);
    if (name !== undefined) {
      const { showTool } = await import("../tool-help.js");
      const isKnown = catalogue.get(name) !== undefined;
      if (options.json && isKnown) io.out(inertJson(catalogue.schema(name), io.stdout.isTTY ? 2 : undefined));
      else showTool(io, catalogue, name, (tool) => (on.includes(tool) ? null : whyOff(tool, view)));
      return finish(0);
    }
    const lines = [
      ...catalogue.entries.map((entry) => describe(entry, on.includes(entry) ? null : whyOff(entry, view))),
      ...catalogue.leftOut.map(({ tool, why }) => describe(tool, why)),
    ].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (options.json) io.out(inertJson(lines, io.stdout.isTTY ? 2 : undefined));
    else showLines(io, lines, view);
    finish(0);
  });

/**
 * The configured scopes, and those that a stored sign-in grants. Where settings are merely missing, nobody can be
 * signed in, and the list is shown without a grant.
 * @throws OktaMcpError bad_config for settings that are wrong
 */
async function scopesInUse(io: Io, options: SettingFlags): Promise<{ view: ScopesInUse; settings: Settings }> {
  const { loadSettings } = await import("../../config/config.js");
  const { openSource } = await import("../flags.js");
  const { openConnection } = await import("../connection.js");
  if (!options.sandbox) {
    const settings = loadSettings(await openSource(io, options), []);
    const { orgUrl, clientId, scopes, credential } = settings;
    const complete =
      orgUrl !== undefined && scopes.length > 0 && (clientId !== undefined || credential.method === "access-token");
    if (!complete) return { view: { configured: new Set(scopes), granted: undefined }, settings };
  }
  const connection = await openConnection(io, options, { sandboxSignIn: "ready" });
  try {
    const { session, config } = connection;
    await session.restore();
    return { view: { configured: session.configured, granted: session.granted() }, settings: config };
  } finally {
    await connection.close();
  }
}

function describe({ name, title, area, effect, scope, api }: CatalogueEntry, why: string | null): ToolLine {
  const needs = api && { name: api.name, scopes: api.access.isOpen ? null : api.access.scopes };
  return { name, title, area, effect, scope, ...(needs && { api: needs }), on: why === null, why };
}

/** What somebody needs who calls a tool. */
function needOf({ scope, api }: ToolLine): string {
  if (api === undefined) return scope ?? "no scope needed";
  if (api.scopes === null) return "open to anybody";
  return api.scopes.length === 0 ? "an identity at that API" : `${api.scopes.join(" ")} at that API`;
}

function showLines(io: Io, lines: readonly ToolLine[], { configured }: ScopesInUse): void {
  const nameWidth = Math.max(...lines.map(({ name }) => name.length));
  const effectWidth = Math.max(...lines.map(({ effect }) => effect.length));
  for (const area of [...new Set(lines.map((line) => line.area))].sort()) {
    io.out(io.style("bold", area, io.stdout));
    for (const line of lines.filter((one) => one.area === area)) {
      const { name, effect, on } = line;
      const text = `${name.padEnd(nameWidth)}  ${effect.padEnd(effectWidth)}  ${needOf(line)}`;
      io.out(on ? `  on   ${text}` : io.style("dim", `  off  ${text}`, io.stdout));
    }
  }
  const say = (text: string) => io.out(io.stdout.isTTY ? wrap(text, columnsOf(io.stdout)) : text);
  io.out("");
  say(`${lines.filter(({ on }) => on).length} of ${lines.length} tools are on.`);
  if (configured.size === 0) {
    say(
      "OKTA_SCOPES is empty, so no tool with a scope at Okta is on. --scopes shows what a set of scopes would unlock.",
    );
  }
  const scopeReasons: readonly string[] = Object.values(WHY_OFF);
  for (const why of [...new Set(lines.flatMap((line) => line.why ?? []))].sort()) {
    const off = lines.filter((line) => line.why === why);
    if (!scopeReasons.includes(why)) say(`Off because ${why}: ${off.map(({ name }) => name).join(", ")}`);
    else if (configured.size > 0) {
      say(`Off because ${why}: ${[...new Set(off.map(({ scope }) => scope))].join(", ")}`);
    }
  }
}
