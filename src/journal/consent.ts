import type { Impact } from "../tool.js";

/** Who agreed: a person who was asked, somebody who gave a one-time value back, or nobody had to. */
export type Agreed = "person" | "one_time_value" | "never_asked";

/** What came of asking for consent to a call. */
export interface Consent {
  agreed: Agreed | "not_needed";
  /** True where something gets lost: a removal, by whatever tool, or a full replace that drops settings. */
  loses: boolean;
  /** What becomes of other objects, a line each. */
  sideEffects: string[];
}

/** What a call would take away. */
export interface Reading extends Pick<Consent, "loses" | "sideEffects"> {
  /** What a person should see; undefined where nobody has to agree. */
  impact: Impact | undefined;
}
