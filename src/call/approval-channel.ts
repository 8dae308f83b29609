import type { Subject } from "./seals.js";

/** A call that a person has to agree to elsewhere than in the client. */
export interface Approvable extends Omit<Subject, "use"> {
  /** The question in the words for a person. */
  question: string;
}

/** The place of a question, and how long it stays open. */
export interface Asked {
  /** The address of a page, which the person opens and signs in to. */
  url: string;
  validForSeconds: number;
}

/**
 * Has a person agree to a call outside of the client, as on a page of this server. It serves where the client cannot
 * ask: a value that a model can repeat proves nothing there.
 */
export interface ApprovalChannel {
  /**
   * Takes the answer to the very same call, once: the same person, tool, arguments and state of the target.
   * @returns undefined where there is none yet
   */
  take(call: Approvable): Promise<"accepted" | "declined" | undefined>;
  /** Puts the question, or finds the open one for the very same call. */
  ask(call: Approvable): Promise<Asked>;
}
