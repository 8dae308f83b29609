import type { Log } from "../log.js";
import type { SignedIn } from "./okta-login.js";
import { signInFailure } from "./sign-in-failure.js";

export interface PersonGroupsOptions {
  /** Reads the ids of somebody's groups at the org, by a service app; undefined where there is none. */
  read: ((subject: string) => Promise<readonly string[]>) | undefined;
  log: Pick<Log, "error">;
}

/** The groups of a person: those of the ID token where it tells all of them, otherwise those that the directory has. */
export class PersonGroups {
  readonly #options: PersonGroupsOptions;

  constructor(options: PersonGroupsOptions) {
    this.#options = options;
  }

  /** @throws SignInFailure groups_claim_missing where nothing tells them, okta_unreachable where the directory does not answer */
  async of({ subject, groups }: Pick<SignedIn, "subject" | "groups">): Promise<readonly string[]> {
    if (groups !== undefined) return groups;
    const { read, log } = this.#options;
    if (read === undefined) {
      const detail = "the ID token has no groups claim that lists the ids of all groups";
      throw signInFailure("groups_claim_missing", { detail });
    }
    try {
      return await read(subject);
    } catch (error) {
      log.error("the groups of a person cannot be read", { subject, error });
      throw signInFailure("okta_unreachable", { message: "Your groups cannot be read at the moment." });
    }
  }
}
