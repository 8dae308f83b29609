import { randomBytes } from "node:crypto";
import type { SignInUser } from "../device-codes.js";
import type { AuthorizeRequest } from "./authorize-request.js";
import type { BrowserSession } from "./sessions.js";

/** A sign-in on a page waits this long, in milliseconds. */
const LIFETIME_MS = 3_600_000;

/** The question that a sign-in waits with. */
export type Waiting =
  | { at: "identify"; secondFactor: boolean }
  | { at: "mfa"; user: SignInUser }
  | { at: "consent"; session: BrowserSession; scopes: readonly string[] };

export type WaitingAt<At extends Waiting["at"]> = Extract<Waiting, { at: At }>;

const isAt = <At extends Waiting["at"]>(waiting: Waiting, at: At): waiting is WaitingAt<At> => waiting.at === at;

/** One sign-in on pages, from the authorization request to its answer. */
export interface Transaction {
  readonly handle: string;
  readonly request: AuthorizeRequest;
  waiting: Waiting;
}

/** The sign-ins that wait for a person. Each tab has its own. */
export interface Transactions {
  begin(request: AuthorizeRequest, waiting: Waiting): Transaction;
  /** A sign-in that waits at this step; undefined when it is over, or at another step. */
  find<At extends Waiting["at"]>(
    handle: string | null,
    at: At,
  ): { transaction: Transaction; waiting: WaitingAt<At> } | undefined;
  /** Ends a sign-in, so that of two answers only the first counts. */
  end(transaction: Transaction): void;
}

export function createTransactions(now: () => number): Transactions {
  const open = new Map<string, Transaction & { untilMs: number }>();
  return {
    begin(request, waiting) {
      for (const [handle, { untilMs }] of open) if (untilMs <= now()) open.delete(handle);
      const transaction = {
        handle: randomBytes(24).toString("base64url"),
        request,
        waiting,
        untilMs: now() + LIFETIME_MS,
      };
      open.set(transaction.handle, transaction);
      return transaction;
    },
    find<At extends Waiting["at"]>(handle: string | null, at: At) {
      const transaction = open.get(handle ?? "");
      if (transaction === undefined || transaction.untilMs <= now()) return undefined;
      const { waiting } = transaction;
      return isAt(waiting, at) ? { transaction, waiting } : undefined;
    },
    end: ({ handle }) => void open.delete(handle),
  };
}
