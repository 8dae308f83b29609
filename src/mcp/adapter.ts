import type { ApprovalChannel } from "../call/approval-channel.js";
import type { Caller } from "../call/caller.js";
import { foldersOf } from "../files/allowed-file.js";
import { isObject } from "../json/json.js";
import type { Log } from "../log.js";
import { traceparentOf } from "./envelope.js";
import { type Every, progressOf, type ReportedRequest } from "./progress.js";

/** What an adapter needs besides the service that it brings to a client. */
export interface AdapterOptions {
  log: Log;
  /** Opens the system's browser for a sign-in. True when one was started. */
  openBrowser?: ((url: string) => Promise<boolean>) | undefined;
  /** The way to a person who is asked elsewhere than in the client; undefined where there is none. */
  approvals?: ApprovalChannel | undefined;
  /** The request at a company's server, for the log and the journal. */
  requestId?: string | undefined;
  /** True for a client on another machine: the folders that it opens are none of this one. */
  isRemote?: boolean | undefined;
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
export const ONE_PAGE = "The list has one page, and no cursor.";

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

/** The capabilities of the server, in every revision. */
export const CAPABILITIES = { tools: { listChanged: true }, resources: {}, completions: {} };

/**
 * The ways to a person, and to the client's folders, that a client declares (MCP, `ClientCapabilities`). Elicitation
 * without a mode is by form.
 */
export function declaredIn(capabilities: unknown): { asksForms: boolean; showsLinks: boolean; hasRoots: boolean } {
  const { elicitation, roots } = isObject(capabilities) ? capabilities : {};
  const { form, url } = isObject(elicitation) ? elicitation : {};
  return {
    asksForms: isObject(elicitation) && (isObject(form) || !isObject(url)),
    showsLinks: isObject(url),
    hasRoots: isObject(roots),
  };
}

/** The folders in a client's answer to `roots/list`. What is no root of this machine is left out. */
export function listedFolders(answer: unknown): string[] {
  const roots = isObject(answer) && Array.isArray(answer.roots) ? answer.roots : [];
  return foldersOf(roots.flatMap((root) => (isObject(root) && typeof root.uri === "string" ? [root.uri] : [])));
}

/** A request as the MCP libraries hand it over. */
export interface AdaptedRequest extends Pick<ReportedRequest, "signal" | "notify"> {
  /** Its `_meta`, without what the library keeps to itself. */
  meta: { readonly [key: string]: unknown; readonly progressToken?: ReportedRequest["progressToken"] } | undefined;
}

/** What a call has of its client in every revision. */
export type CallParts = Pick<Caller, "signal" | "openBrowser" | "progress" | "requestId" | "traceparent"> &
  Required<Pick<Caller, "waiting">>;

/** Runs a call, and reports on it as long as it runs where the client asked for that. */
export async function reported<T>(
  { signal, notify, meta }: AdaptedRequest,
  { openBrowser, every, requestId }: AdapterOptions,
  run: (parts: CallParts) => Promise<T>,
): Promise<T> {
  const report = progressOf({ progressToken: meta?.progressToken, signal, notify }, every);
  try {
    return await run({
      signal,
      openBrowser,
      waiting: (what, until) => report?.waiting(what, until) ?? until,
      progress: report && ((message) => report.say(message)),
      requestId,
      traceparent: traceparentOf(meta),
    });
  } finally {
    report?.end();
  }
}
