import {
  dropDataKey,
  rewrap,
  rotateDataKey,
  rotateSigningKey,
  startOver,
  type ToldDataKey,
  type ToldKeys,
  tellKeys,
} from "../../operator/keys.js";
import { newDataKeySet } from "../../store/data-keys.js";
import { writeNewKeys } from "../../store/key-files.js";
import { inertJson } from "../../text/inert-json.js";
import { momentInWords } from "../../text/moment.js";
import { visible } from "../../text/quote.js";
import { usageError } from "../failure.js";
import { interruptible } from "../interrupt.js";
import { columnsOf, type Io } from "../io.js";
import { askYesNo, startActivity } from "../person.js";
import { twoColumns } from "../words.js";
import { besideServer, withNobodyServing } from "./beside-store.js";

/** The options of `okta-mcp serve keys` and its subcommands. */
export interface KeysFlags {
  config: string;
  json?: true;
  out?: string;
  now?: true;
}

const IN_HALF_A_MINUTE = "Running servers read the file anew within half a minute, and at SIGHUP.";

function toldAsJson(io: Io, value: object): void {
  io.out(inertJson(value, io.stdout.isTTY ? 2 : undefined));
}

/** Lists the keys. @returns the exit code: 0, or 1 where one is missing */
export async function runKeysList(io: Io, { config, json }: KeysFlags): Promise<number> {
  const keys = await besideServer(io, config, (store) => tellKeys(store));
  if (json) toldAsJson(io, keys);
  else io.out(asText(io, keys));
  return keys.data.some(({ state }) => state === "missing") ? 1 : 0;
}

const STATES: Readonly<Record<ToldDataKey["state"], string>> = {
  encrypts: "encrypts",
  next: "encrypts as soon as every running server has it",
  reads: "reads what it encrypted",
  missing: "MISSING in the file",
  given_up: "given up, and still needed",
};
const SIGNS = { active: "signs", next: "published, does not sign yet", retired: "published, signs no more" } as const;

function asText(io: Io, { file, data, signing, instances }: ToldKeys): string {
  const when = (moment: string) => momentInWords(Date.parse(moment), Date.now());
  const rows: [string, string | string[]][] = [["File", visible(file)]];
  for (const { id, fingerprint, state, added_at, last_encrypted_at, values } of data) {
    const lines = [`${id || "(no id)"}: ${STATES[state]}; needed by ${values} ${values === 1 ? "value" : "values"}`];
    lines.push(`fingerprint ${fingerprint}`);
    if (added_at !== undefined) lines.push(`first seen ${when(added_at)}`);
    if (state !== "encrypts" && last_encrypted_at !== undefined)
      lines.push(`last encrypted ${when(last_encrypted_at)}`);
    rows.push(["Data key", lines]);
  }
  for (const { id, state, created_at, signs_at, ends_at } of signing) {
    const lines = [`${id}: ${SIGNS[state]}`, `made ${when(created_at)}`];
    if (state === "next") lines.push(`signs from ${signs_at} on`);
    if (ends_at !== undefined) lines.push(`published until ${ends_at}`);
    rows.push(["Signing key", lines]);
  }
  for (const { instance, lacks } of instances) {
    rows.push([
      "Server",
      `${visible(instance)}${lacks.length === 0 ? " has all keys" : `: LACKS ${lacks.join(", ")}`}`,
    ]);
  }
  if (instances.length === 0) rows.push(["Server", "none runs"]);
  return twoColumns(rows, io.stdout.isTTY ? columnsOf(io.stdout) : Number.POSITIVE_INFINITY, (text) =>
    io.style("dim", text, io.stdout),
  );
}

/**
 * Writes a file with one new data key, which is good for a database that has none yet.
 * @throws OktaMcpError bad_config where there is such a file, or it cannot be written
 */
export async function runKeysNew(io: Io, file: string): Promise<number> {
  await writeNewKeys(file, newDataKeySet());
  io.out(`Written to ${visible(file)}, for this user alone.`);
  io.out("Back it up, apart from the database: what it encrypts cannot be read without it.");
  return 0;
}

/** Makes a new key of one sort. @param what `data` or `signing` */
export async function runKeysRotate(io: Io, what: string, { config, out, now, json }: KeysFlags): Promise<number> {
  if (what === "signing") {
    if (out !== undefined) throw usageError("--out is for data keys.", "Signing keys are in the database.");
    const key = await besideServer(io, config, (store) => rotateSigningKey(store, now === true));
    if (json) toldAsJson(io, key);
    else if (now) io.out(`${key.id} signs from now on. What older keys have signed counts no more.`);
    else io.out(`${key.id} is published within half a minute, and signs from ${key.signs_at} on.`);
    return 0;
  }
  if (what !== "data") throw usageError(`There are no keys of the sort "${what}".`, "Say data or signing.");
  if (now) throw usageError("--now is for signing keys.", "A data key encrypts once every running server has it.");
  const made = await besideServer(io, config, (store) => rotateDataKey(store, out));
  if (json) toldAsJson(io, made);
  else {
    io.out(`${made.id} (fingerprint ${made.fingerprint}) is the first key of ${visible(made.file)}.`);
    io.out(`Back the file up, and give it to all instances. ${IN_HALF_A_MINUTE}`);
    io.out("Then encrypt anew what older keys have encrypted: okta-mcp serve keys rewrap");
  }
  return 0;
}

/** Encrypts everything with the first key. @returns the exit code: 0, or 1 where it was ended before its end */
export async function runKeysRewrap(io: Io, { config, json }: KeysFlags): Promise<number> {
  const activity = await startActivity(io, "Encrypting anew.", { quiet: true });
  try {
    const { done, wasEnded } = await interruptible(io, async (signal) => {
      const step = ({ rewrapped }: { rewrapped: number }) => activity.say(`Encrypting anew: ${rewrapped} values.`);
      const rewrapped = await besideServer(io, config, (store) => rewrap(store, signal, step));
      return { done: rewrapped, wasEnded: signal.aborted };
    });
    activity.stop();
    if (json) toldAsJson(io, done);
    else {
      io.out(`${done.rewrapped} values were encrypted anew, with ${done.id}.`);
      if (done.unreadable > 0) io.out(`${done.unreadable} values cannot be read, since they were damaged; they stay.`);
      if (wasEnded) io.out("It was ended before its end. Run it again to go on.");
    }
    return wasEnded ? 1 : 0;
  } finally {
    activity.stop();
  }
}

/** Gives a data key up. */
export async function runKeysDrop(io: Io, key: string, { config, out, now, json }: KeysFlags): Promise<number> {
  const dropped = await besideServer(io, config, (store) =>
    dropDataKey(store, { key, out, atOnce: now === true }, Date.now()),
  );
  if (json) toldAsJson(io, { ...dropped, file: dropped.file ?? null });
  else {
    const where = dropped.file === undefined ? "" : ` ${visible(dropped.file)} does not have it any more.`;
    io.out(`${dropped.id || dropped.fingerprint} is given up.${where} ${IN_HALF_A_MINUTE}`);
  }
  return 0;
}

/** Gives up what was encrypted with lost keys, after a question. */
export async function runKeysStartOver(io: Io, { config }: KeysFlags): Promise<number> {
  if (!io.interactive) {
    throw usageError("This asks a question, and nobody is here to answer it.", "Run it at a terminal.");
  }
  io.note(
    "This gives up what was encrypted with keys that are lost: all sign-ins, connections of clients, and tokens.",
  );
  io.note("Everybody signs in again, and clients register again. People, roles, journal and audit stay.");
  io.note(
    "Tokens at Okta that are lost here end there by themselves, or when you revoke them in the Okta Admin Console.",
  );
  const question = "Are the keys lost for good? This cannot be undone.";
  if ((await interruptible(io, (signal) => askYesNo(io, question, signal))) !== true) {
    io.note("Nothing was changed.");
    return 1;
  }
  const { rows, lost } = await withNobodyServing(io, config, (store) => startOver(store));
  io.out(
    lost.length === 0
      ? `No key is lost: nothing had to be given up but ${rows} rows that were damaged.`
      : `${rows} rows were given up. The keys with the fingerprints ${lost.join(", ")} are not asked for any more. Start the server.`,
  );
  return 0;
}
