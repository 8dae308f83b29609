import { errors, type KoaContextWithOIDC } from "oidc-provider";
import type { PersonState } from "../upstream/person-checks.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";

/** The time after which a client may try again, in seconds. */
const RETRY_SECONDS = 10;

/** The org does not tell about a person at the moment. The client keeps its tokens, and is right to try again. */
class OrgUnavailable extends errors.OIDCProviderError {
  constructor() {
    super(503, "temporarily_unavailable");
    this.error_description = "Okta does not answer at the moment. Nothing has ended; try again.";
    this.expose = true;
  }
}

/**
 * True for somebody whom the org still lets in.
 * @param check asks the org, or takes its last answer
 * @throws OrgUnavailable where the org does not tell
 */
export async function isStillThere(context: KoaContextWithOIDC, check: () => Promise<PersonState>): Promise<boolean> {
  try {
    return (await check()) === "active";
  } catch (error) {
    if (!(error instanceof SignInFailure)) throw error;
    context.set("retry-after", String(RETRY_SECONDS));
    throw new OrgUnavailable();
  }
}
