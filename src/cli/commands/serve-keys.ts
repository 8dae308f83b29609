import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { KeysFlags } from "../company/run-keys.js";
import type { Io } from "../io.js";

const load = () => import("../company/run-keys.js");

const withConfig = (command: Command) => command.requiredOption("--config <file>", "The settings of the server.");
const withJson = (command: Command) => command.option("--json", "One JSON object instead of text.");

/** `okta-mcp serve keys` */
export const serveKeysCommand = (io: Io, finish: Finish): Command => {
  const command = describedCommand("keys", "List the keys of a company's server, or make, change and give up keys.", [
    "okta-mcp serve keys new data-keys.json                 # the first file, before any server runs",
    "okta-mcp serve keys --config serve.json                # which there are, and what needs them",
    "okta-mcp serve keys rotate data --config serve.json    # a new key for what is encrypted",
    "okta-mcp serve keys rewrap --config serve.json         # encrypts everything with it",
    "okta-mcp serve keys drop 3f9KqL0aZx1b --config serve.json",
    "okta-mcp serve keys rotate signing --config serve.json # a new key for what is signed",
  ]);
  command.addCommand(list(io, finish), { isDefault: true });
  for (const make of [create, rotate, rewrap, drop, startOver]) command.addCommand(make(io, finish));
  return command;
};

function list(io: Io, finish: Finish): Command {
  const command = describedCommand("list", "List the keys, what each is for, and what still needs it.", [
    "okta-mcp serve keys --config serve.json",
  ]);
  return withJson(withConfig(command)).action(async (flags: KeysFlags) =>
    finish(await (await load()).runKeysList(io, flags)),
  );
}

function create(io: Io, finish: Finish): Command {
  return describedCommand("new", "Write the first file of data keys, for data_keys_file of all instances.", [
    "okta-mcp serve keys new data-keys.json   # for your user alone; overwrites nothing",
  ])
    .argument("<file>", "The file to write. It must not be there yet.")
    .action(async (file: string) => finish(await (await load()).runKeysNew(io, file)));
}

function rotate(io: Io, finish: Finish): Command {
  const command = describedCommand("rotate", "Make a new key, which takes the place of the one in use.", [
    "okta-mcp serve keys rotate data --config serve.json",
    "okta-mcp serve keys rotate data --config serve.json --out new-keys.json   # where the file is a mounted secret",
    "okta-mcp serve keys rotate signing --config serve.json",
  ])
    .argument("<sort>", "data: for what the database encrypts. signing: for tokens.")
    .option("--out <file>", "data: write the new set of keys to this file instead.")
    .option("--now", "signing: sign at once, and let nothing count that older keys have signed.");
  return withJson(withConfig(command)).action(async (sort: string, flags: KeysFlags) =>
    finish(await (await load()).runKeysRotate(io, sort, flags)),
  );
}

function rewrap(io: Io, finish: Finish): Command {
  const command = describedCommand("rewrap", "Encrypt everything with the first data key, beside running servers.", [
    "okta-mcp serve keys rewrap --config serve.json   # can be stopped and run again at any time",
  ]);
  return withJson(withConfig(command)).action(async (flags: KeysFlags) =>
    finish(await (await load()).runKeysRewrap(io, flags)),
  );
}

function drop(io: Io, finish: Finish): Command {
  const command = describedCommand("drop", "Give up a data key that nothing needs any more.", [
    "okta-mcp serve keys drop 3f9KqL0aZx1b --config serve.json",
  ])
    .argument("<key>", "Its id or its fingerprint.")
    .option("--out <file>", "Write the new set of keys to this file instead.")
    .option("--now", "Do not wait until no cookie of a browser counts by it.");
  return withJson(withConfig(command)).action(async (key: string, flags: KeysFlags) =>
    finish(await (await load()).runKeysDrop(io, key, flags)),
  );
}

function startOver(io: Io, finish: Finish): Command {
  const command = describedCommand("start-over", "Give up what was encrypted with data keys that are lost.", [
    "okta-mcp serve keys start-over --config serve.json   # asks; everybody signs in again",
  ]);
  return withConfig(command).action(async (flags: KeysFlags) =>
    finish(await (await load()).runKeysStartOver(io, flags)),
  );
}
