import { OktaMcpError } from "../../errors/index.js";
import type { Log } from "../../log.js";
import type { ResourceService } from "../../resources/resource-service.js";
import { inertJson } from "../../text/inert-json.js";
import { visible, visibleStart } from "../../text/quote.js";
import { describedCommand, type MakeCommand } from "../command.js";
import { openSource, type SettingFlags } from "../flags.js";
import { columnsOf, type Io } from "../io.js";
import { addSettings } from "../options.js";
import { wrap } from "../words.js";

/** `okta-mcp resources` */
export const resourcesCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("resources", "List the texts that an assistant can read, or show one as it gets it.", [
      "okta-mcp resources",
      "okta-mcp resources okta://reference/search/users",
      "okta-mcp resources docs://api/policies --apis apis.json   # a text of your own",
      "okta-mcp resources --json | jq -r '.resources[].uri'",
    ])
      .argument("[address]", "show this text")
      .option("--json", "One JSON object instead of text."),
  ).action(async (address: string | undefined, { json, ...options }: SettingFlags & { json?: true }) => {
    const resources = await openResources(io, options);
    if (address === undefined) await showList(io, resources, json === true);
    else await showText(io, resources, { address, json: json === true });
    finish(0);
  });

/** @throws OktaMcpError bad_config for settings that are wrong */
async function openResources(io: Io, options: SettingFlags): Promise<ResourceService> {
  const { loadSettings } = await import("../../config/config.js");
  const { chosenCatalogue } = await import("../chosen-catalogue.js");
  const { resourceService } = await import("../../resources/resource-service.js");
  const source = await openSource(io, options);
  const catalogue = chosenCatalogue(loadSettings(source, []));
  // Whoever types this may know which file it is that cannot be read.
  const log: Pick<Log, "warn"> = {
    warn(_, { error } = {}) {
      if (error instanceof Error) io.note(visible(error.message));
    },
  };
  return resourceService({ files: () => source.own?.resources, tools: () => catalogue.entries, log });
}

async function showList(io: Io, resources: ResourceService, json: boolean): Promise<void> {
  const [list, templates] = [await resources.list(), await resources.templates()];
  if (json) return io.out(inertJson({ resources: list, templates }, io.stdout.isTTY ? 2 : undefined));
  const cards = [
    ...list.map(({ uri, ...card }) => ({ address: uri, ...card })),
    ...templates.map(({ uriTemplate, ...card }) => ({ address: uriTemplate, ...card })),
  ];
  for (const { address, title, description } of cards) {
    io.out(io.style("bold", address, io.stdout));
    const about = [title, description].filter((text) => text !== undefined).join(": ");
    if (about !== "") io.out(io.stdout.isTTY ? wrap(`  ${about}`, columnsOf(io.stdout)) : `  ${about}`);
  }
}

async function showText(
  io: Io,
  resources: ResourceService,
  { address, json }: { address: string; json: boolean },
): Promise<void> {
  const found = await resources.read(address);
  if (found === undefined) {
    throw new OktaMcpError("not_found", `There is no text at ${visibleStart(address)}.`, {
      fix: "`okta-mcp resources` lists all texts; in a template put a value in place of each name in braces.",
    });
  }
  if (json) io.out(inertJson(found, io.stdout.isTTY ? 2 : undefined));
  else io.write("stdout", found.text.endsWith("\n") ? found.text : `${found.text}\n`);
}
