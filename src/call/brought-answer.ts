import type { Answer, Resumed } from "./input-needed.js";
import type { Seals, Subject, Unfit } from "./seals.js";

/** A person's answer from an earlier round, or the reason why what the caller brings does not count. */
export type BroughtAnswer = { answer: Answer } | { answer?: undefined; unfit?: Unfit };

/**
 * Takes the answer that a repeated call brings under an id. It counts once, with a state that was given out for this
 * subject. A refusal that came sooner than a person can react is the client's own.
 */
export async function broughtAnswer(
  resumed: Resumed | undefined,
  id: "confirm" | "sign_in",
  seals: Seals,
  subject: Subject,
): Promise<BroughtAnswer> {
  const answer = resumed?.answers[id];
  if (resumed === undefined || answer === undefined) return {};
  const { state, fastestPersonMs } = resumed;
  const unfit = await seals.redeem(state, subject);
  if (unfit !== undefined) return { unfit };
  const isRefusal = answer === "declined" || answer === "cancelled";
  return { answer: isRefusal && seals.ageMs(state) < fastestPersonMs ? "not_shown" : answer };
}
