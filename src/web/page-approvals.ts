import { createHash } from "node:crypto";
import type { Approvable, ApprovalChannel, Asked } from "../call/approval-channel.js";
import { canonical } from "../json/json.js";
import type { Approvals } from "../store/approvals.js";
import { visibleLines } from "../text/quote.js";
import { isUnlogged } from "../text/secrets.js";

export interface PageApprovalsOptions {
  approvals: Approvals;
  publicUrl: string;
  /** Our own id of the person. */
  person: string;
  client: string;
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
    const answer = await approvals.use({ person, client, digest: digestOf(call) });
    if (answer === "approved") return "accepted";
    return answer === "denied" ? "declined" : undefined;
  }

  async ask(call: Approvable): Promise<Asked> {
    const { approvals, publicUrl, person, client, now } = this.#options;
    const { tool, question } = call;
    const endsAtMs = now() + APPROVAL_MS;
    const { id } = await approvals.open({
      person,
      client,
      tool,
      digest: digestOf(call),
      shown: { question, args: shownArgs(call.args) },
      endsAtMs,
    });
    return { url: `${publicUrl}/approve/${id}`, validForSeconds: APPROVAL_MS / 1000 };
  }
}

const MAX_ARGS_CHARS = 20_000;

/** The arguments of a call for its person, without what no page should hold. */
function shownArgs(args: unknown): string {
  const text = JSON.stringify(args, (name, value) => (isUnlogged(name) ? "(not shown)" : value), 2) ?? "";
  return visibleLines(text.slice(0, MAX_ARGS_CHARS));
}

/** A digest of everything that the person agrees to. */
function digestOf({ principal, tool, args, state }: Approvable): string {
  return createHash("sha256")
    .update(canonical({ principal: principal ?? null, tool, args, state: state ?? null }))
    .digest("base64url");
}
