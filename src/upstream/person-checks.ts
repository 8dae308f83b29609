import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import type { UpstreamGrant } from "../store/upstream-grants.js";
import type { Admission } from "./admission.js";
import type { Departures } from "./departures.js";
import type { OktaLogin, SignedIn } from "./okta-login.js";
import type { OrgRevocations } from "./org-revocations.js";
import type { PersonGroups } from "./person-groups.js";
import { SignInFailure, signInFailure } from "./sign-in-failure.js";

/** The kind of a grant with which the org says anew who somebody is. It calls no API. */
export const IDENTITY_GRANT = "identity";

/**
 * What the org says of somebody now: `active`; `gone`, who was suspended, deactivated or lost the app; `unknown` where
 * it gave out no refresh token, so that only a sign-in can tell.
 */
export type PersonState = "active" | "gone" | "unknown";

export interface PersonChecksOptions {
  store: Pick<Store, "people" | "upstream">;
  login: OktaLogin;
  groups: PersonGroups;
  /** Knows which addresses are trusted. */
  admission: Pick<Admission, "isTrusted">;
  departures: Pick<Departures, "end">;
  /** Takes the tokens that are to be revoked at the org. */
  revocations: Pick<OrgRevocations, "add">;
  log: Pick<Log, "warn" | "error">;
  /** Epoch milliseconds. */
  now(): number;
}

/** An answer of the org that is younger counts. */
const FRESH_MS = 60_000;
/** The time after which somebody else may ask, since whoever began must have died. */
const RENEWAL_MS = 30_000;
/** The pauses of somebody who waits for an answer elsewhere, and the end of the wait. */
const PAUSE_MS = 100;
const WAIT_MS = 15_000;

/**
 * Asks the org whether people are still there, and which groups they are in. One request is under way for a person at a
 * time, whatever number of processes share the store.
 */
export class PersonChecks {
  readonly #options: PersonChecksOptions;
  readonly #running = new Map<string, Promise<PersonState>>();

  constructor(options: PersonChecksOptions) {
    this.#options = options;
  }

  /** Keeps the refresh token of a sign-in for later checks. */
  async keep(person: KnownPerson, { tokens }: SignedIn): Promise<void> {
    const { store, revocations } = this.#options;
    const { refreshToken } = tokens;
    if (refreshToken === undefined) return;
    const unused = await store.upstream.put(person.id, IDENTITY_GRANT, tokensOf(refreshToken, tokens.scopes));
    if (unused === undefined) return;
    await revocations.add({ person: person.id, kind: "refresh_token", token: unused });
  }

  /** True where the org can be asked about somebody without them. */
  async canAsk(personId: string): Promise<boolean> {
    return (await this.#options.store.upstream.find(personId, IDENTITY_GRANT))?.refresh !== undefined;
  }

  /**
   * The state of somebody as of now, or of the last minute. Their groups are kept as the org tells them.
   * @throws SignInFailure where the org does not answer, or its answer cannot be used: nothing has changed then
   */
  check(personId: string): Promise<PersonState> {
    const running = this.#running.get(personId);
    if (running !== undefined) return running;
    const started = this.#check(personId, FRESH_MS).finally(() => this.#running.delete(personId));
    this.#running.set(personId, started);
    return started;
  }

  /** As `check`, by an answer that no earlier request has brought. */
  async checkAnew(personId: string): Promise<PersonState> {
    await this.#running.get(personId)?.catch(() => {});
    return this.#check(personId, 0);
  }

  async #check(personId: string, freshMs: number): Promise<PersonState> {
    const { store, now } = this.#options;
    const lastMs = Date.now() + WAIT_MS;
    for (;;) {
      const person = await store.people.find(personId);
      if (person?.status !== "active") return "gone";
      const held = await store.upstream.find(personId, IDENTITY_GRANT);
      if (held?.refresh === undefined) return "unknown";
      if (person.groupsAtMs !== undefined && now() - person.groupsAtMs < freshMs) return "active";
      const isOurs = await store.upstream.claimRenewal(held, RENEWAL_MS);
      const state = isOurs ? await this.#ask(person, held, held.refresh) : undefined;
      if (state !== undefined) return state;
      if (Date.now() >= lastMs) throw slow();
      if (!isOurs) await delay(PAUSE_MS);
    }
  }

  /** @returns undefined where another sign-in came meanwhile, or the grant has ended */
  async #ask(person: KnownPerson, held: UpstreamGrant, refreshToken: string): Promise<PersonState | undefined> {
    const { store, login, admission, groups, departures, revocations, log } = this.#options;
    try {
      const signedIn = await login.renew(refreshToken);
      if (signedIn.subject !== person.subject || signedIn.issuer !== person.issuer) {
        log.error("a refresh token of one person names another", { person: person.id });
        await departures.end(person.id, { cause: "another_subject", status: "gone", by: "okta" });
        return "gone";
      }
      // An answer that tells no address says nothing about the one of the sign-in.
      if (signedIn.email !== undefined && !admission.isTrusted(signedIn)) {
        const { refreshToken: token = refreshToken } = signedIn.tokens;
        await departures.end(person.id, { cause: "domain_not_trusted", by: "okta" });
        if (token !== refreshToken) await revocations.add({ person: person.id, kind: "refresh_token", token });
        return "gone";
      }
      const read = await groups.of(signedIn).catch((error: unknown) => ({ error }));
      // Whoever waits for this answer sees by the groups that it is there.
      if (!("error" in read)) await store.people.setGroups(person.id, read);
      await store.people.checked([person.id], { groups: false });
      // The org may have put another token in place of this one, which must not get lost where the groups fail.
      const renewed = signedIn.tokens.refreshToken ?? refreshToken;
      if (!(await store.upstream.renewed(held, tokensOf(renewed, held.scopes)))) {
        if (renewed !== refreshToken) {
          await revocations.add({ person: person.id, kind: "refresh_token", token: renewed });
        }
        return undefined;
      }
      if ("error" in read) throw read.error;
      return "active";
    } catch (error) {
      if (error instanceof SignInFailure && error.code === "sign_in_ended") {
        await departures.end(person.id, { cause: "org_refused", status: "gone", by: "okta" });
        return "gone";
      }
      const why = error instanceof SignInFailure ? error.code : "failed";
      log[error instanceof SignInFailure && error.isPassing ? "warn" : "error"](
        "the org could not be asked about a person",
        { person: person.id, why, ...(error instanceof SignInFailure ? { detail: error.detail } : { error }) },
      );
      await store.upstream.release(held, why);
      throw error;
    }
  }
}

/** The access token of an identity sign-in opens nothing that this server needs, so it is not kept. */
function tokensOf(refresh: string, scopes: readonly string[] | undefined) {
  return { access: "", accessEndsAtMs: 0, refresh, dpopKey: undefined, scopes: scopes ?? [] };
}

function slow(): SignInFailure {
  return signInFailure("okta_busy", { message: "Okta takes too long to answer." });
}
