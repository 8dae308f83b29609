import type { Role } from "../people/roles.js";
import type { TokenHolder } from "../verify/token-verifier.js";

/** Whoever a request comes from, with what they may do at this moment. */
export interface WebCaller extends TokenHolder {
  /** At least one. */
  roles: readonly [Role, ...Role[]];
}
