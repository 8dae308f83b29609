import type { ApprovalChannel } from "../call/approval-channel.js";
import type { Log } from "../log.js";
import type { Every } from "./progress.js";

/** What an adapter needs besides the service that it brings to a client. */
export interface AdapterOptions {
  log: Log;
  /** Opens the system's browser for a sign-in. True when one was started. */
  openBrowser?: ((url: string) => Promise<boolean>) | undefined;
  /** The way to a person who is asked elsewhere than in the client; undefined where there is none. */
  approvals?: ApprovalChannel | undefined;
  /** The timer for the reports during a call. */
  every?: Every | undefined;
  /** The least time of a person's answer in milliseconds; by default 250. */
  fastestPersonMs?: number | undefined;
  /** Milliseconds on a clock that only goes forward. */
  monotonicMs?: (() => number) | undefined;
  /** The time in milliseconds that a repeated call waits for a person who has the sign-in link; by default 45 s. */
  signInWaitMs?: number | undefined;
}

/** The least time of a person's answer. A person needs about that long to react to a light alone. */
export const FASTEST_PERSON_MS = 250;

/** The words for a list that is asked for page by page. */
export const ONE_PAGE = "The list of tools has one page, and no cursor.";

/** The form for a person: one box to tick. */
export const CONFIRM_FORM = {
  type: "object" as const,
  properties: {
    confirm: {
      type: "boolean" as const,
      title: "Yes, go on",
      description: "Nothing happens otherwise.",
      default: false,
    },
  },
  required: ["confirm"],
};
