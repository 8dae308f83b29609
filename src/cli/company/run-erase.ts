import { storePlaceOf } from "../../people/store-place.js";
import type { Store } from "../../store/open-store.js";
import type { Erased } from "../../store/stored-erasure.js";
import type { KnownPerson } from "../../store/stored-people.js";
import { TombstoneFile } from "../../store/tombstone-file.js";
import { inertJson } from "../../text/inert-json.js";
import { visible } from "../../text/quote.js";
import { Departures } from "../../upstream/departures.js";
import { Erasure } from "../../upstream/erasure.js";
import { usageError } from "../failure.js";
import type { Io } from "../io.js";
import { besideServer } from "./beside-store.js";
import { withQuestions } from "./questions.js";

export interface EraseFlags {
  /** The path of serve.json. */
  config: string;
  confirm?: string;
  json?: true;
}

/**
 * Erases what a company's server keeps of somebody, after their login was typed once more.
 * @param who their login, or our id of them
 * @returns the exit code: 0, or 1 where nobody was erased
 * @throws OktaMcpError bad_input, bad_config, store_unavailable
 */
export function runServeErase(io: Io, who: string, { config, confirm, json }: EraseFlags) {
  return besideServer(io, config, async (store, loaded) => {
    const person = await thePerson(store, who);
    if (person === undefined) {
      io.note(`Nothing is kept of ${visible(who)}: nobody with that login or id has signed in here.`);
      return 1;
    }
    const name = person.login ?? person.id;
    if ((confirm ?? (await typed(io, person, name)))?.trim() !== name) {
      io.note(`Nothing was erased: what was typed is not ${visible(name)}.`);
      return 1;
    }
    const file = new TombstoneFile(storePlaceOf(loaded).dir);
    // The server that runs finds the tokens that are to be revoked at the org.
    const departures = new Departures({ store, revocations: { kick: () => {} } });
    const erased = await new Erasure({ store, departures, file }).erase(person.id, { by: "operator" });
    if (erased === undefined) return 1;
    io.out(json ? inertJson(asJson(erased, file)) : asText(erased, file));
    return 0;
  });
}

/** @throws OktaMcpError bad_input where several people have had the login */
async function thePerson({ people }: Store, who: string): Promise<KnownPerson | undefined> {
  const [byId, byLogin] = [await people.find(who), await people.findByLogin(who)];
  const found = byId === undefined ? byLogin : [byId];
  if (found.length < 2) return found[0];
  const ids = found.map(({ id, seenAtMs }) => `${id} (last seen ${new Date(seenAtMs).toISOString().slice(0, 10)})`);
  throw usageError(`${found.length} people were last seen with that login.`, `Name one by id: ${ids.join(", ")}.`);
}

async function typed(io: Io, { name }: KnownPerson, expected: string): Promise<string | undefined> {
  if (!io.interactive) {
    throw usageError("Nobody can be asked here, and nothing confirms whom to erase.", `Add --confirm ${expected}.`);
  }
  io.note(
    `This ends the access of ${visible(name ?? expected)} and erases what this server keeps of them. It cannot be undone.`,
  );
  return withQuestions(io, (ask) => ask(`Type ${visible(expected)} to go on:`, { mayBeEmpty: true }));
}

const KEPT_WHY =
  "both records tell what was done to the org and to access, and by whom as far as that can be told apart; they go when their days are over (retention in serve.json)";

function asText(erased: Erased, { path }: TombstoneFile): string {
  const { pseudonym, consents, journalLines, auditEntries, changesAboutThem } = erased;
  return [
    "Erased: name, login, e-mail address, groups, sessions of browsers, what clients had, tokens, open approvals;",
    `  ${consents} consents. Okta is told to revoke the tokens by the server that runs.`,
    `Kept: ${journalLines} lines of the journal and ${auditEntries} entries of the record of accesses,`,
    `  as what ${pseudonym} did, without login, addresses and account at Okta, since ${KEPT_WHY}.`,
    `Kept as it is: ${changesAboutThem} changes that others made and that name this person's account at Okta.`,
    `Kept: a keyed hash in ${path}, so that a backup from before does not bring them back.`,
    "  Keep that file together with the backups. Exports, logs and backups made before are not changed by this.",
  ].join("\n");
}

function asJson({ tombstone, ...erased }: Erased, { path }: TombstoneFile) {
  const { pseudonym, consents, journalLines, auditEntries, changesAboutThem } = erased;
  return {
    pseudonym,
    erased: { consents },
    kept: {
      journal_lines: journalLines,
      audit_entries: auditEntries,
      changes_about_them: changesAboutThem,
      why: KEPT_WHY,
    },
    tombstone: { file: path, subject_hash: tombstone.subjectHash },
  };
}
