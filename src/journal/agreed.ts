import type { Impact } from "../tool.js";

/** How a call was agreed to: by a person, by a one-time value given back, or unasked. */
export type Agreed = "person" | "one_time_value" | "never_asked";

/** The outcome of asking for consent. */
export interface Consent {
  agreed: Agreed | "not_needed";
  /** True where something gets lost: by a removal, whatever its tool, or by a full replace that drops settings. */
  loses: boolean;
  /** The effects on other objects, one line each. */
  sideEffects: string[];
}

/** The losses that a call would cause. */
export interface Reading extends Pick<Consent, "loses" | "sideEffects"> {
  /** The description for a person; undefined where nobody has to agree. */
  impact: Impact | undefined;
}
