import { type OktaMcpError, wordsFor } from "../errors/index.js";

/**
 * What a check found: all right, wrong, or nothing that can be known from here. A note is worth reading and is no fault.
 */
export type FindingState = "ok" | "wrong" | "unknown" | "note";

/** The result of one check, without any secret. */
export interface Finding {
  /** The thing that was looked at, e.g. `redirect URI`. */
  about: string;
  state: FindingState;
  /** The code that page and log have for the same fault; undefined where they have none. */
  code?: string | undefined;
  /** What was found, in whole sentences. */
  message: string;
  /** What to do about it. */
  fix?: string | undefined;
}

/** Makes the findings about one thing. */
export function about(thing: string) {
  const finding =
    (state: FindingState) =>
    (message: string, fix?: string, code?: string): Finding => ({
      about: thing,
      state,
      ...(code === undefined ? {} : { code }),
      message,
      ...(fix === undefined ? {} : { fix }),
    });
  return { ok: finding("ok"), wrong: finding("wrong"), unknown: finding("unknown"), note: finding("note") };
}

/** A finding of what an error says to whoever runs the server. */
export function wrongAs(wrong: ReturnType<typeof about>["wrong"], error: OktaMcpError): Finding {
  const { message, fix } = wordsFor(error, "terminal");
  return wrong(message, fix);
}
