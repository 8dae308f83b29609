import { createLog } from "../../log.js";
import { type Invited, invite, uninvite } from "../../operator/invite.js";
import type { Invitation } from "../../store/invitations.js";
import type { Store } from "../../store/open-store.js";
import { inertJson } from "../../text/inert-json.js";
import { momentInWords } from "../../text/moment.js";
import { visible } from "../../text/quote.js";
import { usageError } from "../failure.js";
import type { Io } from "../io.js";
import { besideServer } from "./beside-store.js";
import { openCheck } from "./open-check.js";

/** The options of `okta-mcp serve invite`. */
export interface InviteFlags {
  /** The path of serve.json. */
  config: string;
  /** The id at Okta in place of a login. */
  id?: string;
  list?: true;
  withdraw?: true;
  json?: true;
  /** Epoch milliseconds; by default the clock of the machine. */
  now?: () => number;
}

/** Whoever did it, for the record. */
const BY = "serve invite";
const MOST_LISTED = 1_000;

/**
 * Invites somebody, takes an invitation back, or lists those that are open.
 * @returns the exit code: 0, or 1 where there was no invitation to take back
 * @throws OktaMcpError bad_input, bad_config, not_found, store_unavailable, and what Okta refuses
 */
export async function runInvite(io: Io, login: string | undefined, flags: InviteFlags): Promise<number> {
  const { config, now = Date.now } = flags;
  return besideServer(
    io,
    config,
    async (store, loaded) => {
      if (flags.list) return list(io, store, flags, now());
      const log = createLog({ level: "error", stderr: io.stderr });
      const context = openCheck({ loaded, env: io.env, log, now });
      const who = whoIn(login, flags);
      if (flags.withdraw) return withdraw(io, store, context.orgUrl, who);
      const done = await invite(context, who, { store, by: BY });
      if (flags.json) io.out(inertJson("endsAtMs" in done ? asJson(done) : { known_as: done.id, login: done.login }));
      else if ("endsAtMs" in done) io.out(`${nameOf(done)} may sign in from now on, ${until(done, now())}.`);
      else io.out(`${visible(done.login ?? done.id)} was here before and needs no invitation. Status: ${done.status}.`);
      if (loaded.content.sign_on.auto_create) {
        io.note("sign_on.auto_create is true: everybody with a role by a group is let in without an invitation.");
      }
      return 0;
    },
    now,
  );
}

function whoIn(login: string | undefined, { id }: InviteFlags): Invited {
  if ((login === undefined) === (id === undefined)) {
    throw usageError("Nothing says whom to invite.", "Name a login, or --id with the id at Okta, and not both.");
  }
  return login === undefined ? { subject: id ?? "" } : { login };
}

async function withdraw(io: Io, store: Store, issuer: string, who: Invited): Promise<number> {
  const open = await store.invitations.page({ limit: MOST_LISTED });
  const meant = open.find((one) =>
    "subject" in who ? one.subject === who.subject : one.login?.toLowerCase() === who.login.toLowerCase(),
  );
  const wasThere = meant !== undefined && (await uninvite(meant.subject, issuer, { store, by: BY }));
  io.out(wasThere ? `${nameOf(meant)} is invited no more.` : "There is no such invitation.");
  return wasThere ? 0 : 1;
}

async function list(io: Io, store: Store, { json }: InviteFlags, nowMs: number): Promise<number> {
  const open = await store.invitations.page({ limit: MOST_LISTED });
  if (json) io.out(inertJson(open.map(asJson)));
  else if (open.length === 0) io.out("Nobody is invited.");
  else io.out(open.map((one) => `${nameOf(one)}, by ${visible(one.by)}, ${until(one, nowMs)}`).join("\n"));
  return 0;
}

const nameOf = ({ login, subject }: Invitation) => (login === undefined ? subject : `${visible(login)} (${subject})`);
const until = ({ endsAtMs }: Invitation, nowMs: number) =>
  `until ${new Date(endsAtMs).toISOString().slice(0, 10)} (${momentInWords(endsAtMs, nowMs)})`;

function asJson({ subject, issuer, login, by, endsAtMs }: Invitation) {
  return { issuer, subject, login, invited_by: by, ends_at: new Date(endsAtMs).toISOString() };
}
