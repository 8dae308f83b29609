import { createHmac } from "node:crypto";
import type { Approvable, ApprovalChannel, Asked } from "../call/approval-channel.js";
import { OktaMcpError } from "../errors/index.js";
import { maskWith } from "../journal/masking.js";
import { stringifyJson } from "../json/exact-json.js";
import { canonical, type Json } from "../json/json.js";
import type { Approvals } from "../store/approvals.js";
import { visibleLines } from "../text/quote.js";

export interface PageApprovalsOptions {
  approvals: Approvals;
  publicUrl: string;
  /** Our own id of the person. */
  person: string;
  client: string;
  /** The keys of the digests of calls, the same for all who share the store. The first is in use; all count. */
  keys: readonly Uint8Array[];
  /** Epoch milliseconds. */
  now(): number;
}

/** The time in which a question on a page has to be answered and the call repeated. */
const APPROVAL_MS = 10 * 60_000;

/** Has the person of a call agree to it on a page of this server, signed in anew. */
export class PageApprovals implements ApprovalChannel {
  readonly #options: PageApprovalsOptions;

  constructor(options: PageApprovalsOptions) {
    this.#options = options;
  }

  async take(call: Approvable): Promise<"accepted" | "declined" | undefined> {
    const { approvals, person, client } = this.#options;
    const answer = await approvals.use({ person, client, ...this.#digestsOf(call) });
    if (answer === "approved") return "accepted";
    return answer === "denied" ? "declined" : undefined;
  }

  async ask(call: Approvable): Promise<Asked> {
    const { approvals, publicUrl, person, client, now } = this.#options;
    const { tool, question } = call;
    const { digest, olderDigests } = this.#digestsOf(call);
    const open = (await approvals.openOf(person)).filter((one) => one.client === client);
    if (open.length >= MOST_OPEN && !open.some((one) => [digest, ...olderDigests].includes(one.digest)))
      throw tooManyOpen(publicUrl);
    const endsAtMs = now() + APPROVAL_MS;
    const { id } = await approvals.open({
      person,
      client,
      tool,
      digest,
      olderDigests,
      shown: { question, args: shownArgs(call.args) },
      endsAtMs,
    });
    return { url: `${publicUrl}/approve/${id}`, validForSeconds: APPROVAL_MS / 1000 };
  }

  /**
   * Digests of everything that the person agrees to. Each has a key, since the arguments may hold a password, which
   * whoever has a copy of the database could otherwise guess.
   */
  #digestsOf({ principal, tool, args, state }: Approvable): { digest: string; olderDigests: string[] } {
    const all = canonical({ principal: principal ?? null, tool, args, state: state ?? null });
    const digests = this.#options.keys.map((key) => createHmac("sha256", key).update(all).digest("base64url"));
    const [digest, ...olderDigests] = digests;
    if (digest === undefined) throw new TypeError("digests need a key");
    return { digest, olderDigests };
  }
}

/** The questions of one client that wait for one person. Nobody reads more of them in ten minutes with care. */
const MOST_OPEN = 50;

const tooManyOpen = (publicUrl: string) =>
  new OktaMcpError(
    "declined",
    `Nothing was changed. ${MOST_OPEN} changes of this client wait for the person's answer already.`,
    {
      fix: `Those have to be answered first, at ${publicUrl}/me.`,
    },
  );

/** The longest call that a page shows. Most bodies of email templates have a tenth of this. */
const MAX_ARGS_CHARS = 200_000;

const withoutSecrets = maskWith(undefined);

/**
 * The arguments of a call for its person, all of them but secrets.
 * @throws OktaMcpError declined where there are too many: nobody agrees to what they were not shown
 */
function shownArgs(args: unknown): string {
  const text = visibleLines(stringifyJson(withoutSecrets(args as Json), 2));
  if (text.length <= MAX_ARGS_CHARS) return text;
  throw new OktaMcpError(
    "declined",
    `Nothing was changed. A person has to agree, and the call is too long for a page: ${text.length} characters, at most ${MAX_ARGS_CHARS}.`,
    { fix: "Make the change in smaller parts, or use a client that shows questions (MCP elicitation)." },
  );
}
