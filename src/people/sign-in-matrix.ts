import type { SIGN_IN_MODES } from "./token-schema.js";

export type SignInMode = (typeof SIGN_IN_MODES)[number];

/** Whose right a role uses at Okta. */
export type ActAs = "user" | "service";

/** Where the right of a call comes from; or why the combination is refused, as the rest of a sentence about `act_as`. */
export type Combination =
  /** What the person grants on a page, through the web app in Okta. */
  | { right: "grant" }
  /** The token that the request came with. */
  | { right: "own_token" }
  /** The service app of the role. */
  | { right: "service_app" }
  | { refused: string };

/**
 * Which ways to know a caller go with which right at Okta. There is no falling back from one right to another.
 * Everything that depends on both settings is decided by this table.
 */
export const SIGN_IN_MATRIX: Readonly<Record<SignInMode, Readonly<Record<ActAs, Combination>>>> = {
  proxy: { user: { right: "grant" }, service: { right: "service_app" } },
  native: { user: { right: "grant" }, service: { right: "service_app" } },
  introspect: { user: { right: "grant" }, service: { right: "service_app" } },
  bearer: {
    user: { right: "own_token" },
    service: { refused: "has to be user for sign_in bearer, which uses the caller's own token" },
  },
};

/** The ways to know a caller by which a program without a person can be known too. Its role acts as service. */
export const MACHINE_MODES: ReadonlySet<SignInMode> = new Set(["native", "introspect"]);
