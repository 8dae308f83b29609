/**
 * The answer of a person, or the reason why there is none: nobody answered in time; the client knows no questions
 * (`unsupported`); the client answered faster than a person can, so that nobody saw the question (`not_shown`); or the
 * client failed to show it.
 */
export type Answer = "accepted" | "declined" | "cancelled" | "timed_out" | "unsupported" | "not_shown" | "failed";

/** Something that a caller has to find out before the call goes on, from a person or from itself. */
export type InputRequest =
  | { id: "confirm"; kind: "form"; message: string }
  | { id: "sign_in"; kind: "link"; message: string; url: string }
  | { id: "roots"; kind: "roots" };

/** The answers that a caller brings when it repeats a call. */
export interface InputAnswers {
  confirm?: Answer | undefined;
  sign_in?: Answer | undefined;
  /** The folders that the client opens to servers, as absolute paths. */
  roots?: readonly string[] | undefined;
}

/** The answers and the state that a caller brings when it repeats a call. */
export interface Resumed {
  /** The state, as the earlier round gave it. */
  state: string;
  answers: InputAnswers;
  /** The least time of a person's answer in milliseconds. */
  fastestPersonMs: number;
  /** The time in milliseconds that the call waits for a person who has the sign-in link. */
  signInWaitMs: number;
}

/**
 * Ends a round of a call whose caller cannot hold it. It is no failure: nothing has happened, nothing is recorded or
 * counted, and the call goes on once it is repeated with the answers.
 */
export class InputNeeded extends Error {
  override readonly name = "InputNeeded";
  readonly needs: readonly InputRequest[];
  /** Counts once, for the very same call of the very same principal. */
  readonly state: string;

  constructor(needs: readonly InputRequest[], state: string) {
    super("A person has to answer before the call goes on.");
    this.needs = needs;
    this.state = state;
  }

  /** The same round, which asks for something more. A round brings only its own answers. */
  alsoFor(need: InputRequest): InputNeeded {
    return this.needs.some(({ id }) => id === need.id) ? this : new InputNeeded([...this.needs, need], this.state);
  }
}
