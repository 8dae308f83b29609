import type { SandboxReply } from "../route.js";

/** One wrong value, in the form of a FastAPI service. */
export interface WrongValue {
  type: string;
  /** Where it stands: `query`, `path` or `body`, and the names below. */
  loc: (string | number)[];
  msg: string;
  input?: unknown;
}

/** An answer of the practice API that is no success. It has the form of a FastAPI service: `{detail}`. */
export class Problem extends Error {
  readonly reply: SandboxReply;

  constructor(status: number, detail: string | WrongValue[], headers: Record<string, string> = {}) {
    super(typeof detail === "string" ? detail : "Validation Error");
    this.name = "Problem";
    this.reply = { status, headers, json: { detail } };
  }
}

/** The refusal of values that the document does not allow. */
export const wrongValues = (values: WrongValue[]) => new Problem(422, values);
