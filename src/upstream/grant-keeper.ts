import { setTimeout as delay } from "node:timers/promises";
import type { Found, SignInKeeper } from "../auth/store-contract.js";
import { type StoredSignIn, storedSignIn } from "../auth/stored-sign-in.js";
import { OktaMcpError } from "../errors/index.js";
import type { UpstreamGrant, UpstreamGrants } from "../store/upstream-grants.js";

export interface GrantKeeperOptions {
  grants: UpstreamGrants;
  /** The kind of the grant; by default that for the org's own API. */
  kind?: string;
  /** Our own id of the person. */
  person: string;
  subject: string;
  login: string | undefined;
  orgUrl: string;
  clientId: string;
}

/** The kind of a grant for the org's own API. */
export const ORG_GRANT = "org";

/** The time after which somebody else may renew a person's tokens, since whoever began must have died. */
const RENEWAL_MS = 40_000;

/** The pauses of somebody who waits for a renewal elsewhere, and the end of the wait. */
const PAUSE_MS = 100;
const WAIT_MS = 60_000;

/**
 * Keeps a person's own tokens at the org, or at the authorization server of an API, in the store of a company's server. Whoever renews them claims it first, so that
 * the org sees each refresh token once, whatever number of processes share the store.
 */
export class GrantKeeper implements SignInKeeper {
  readonly #options: GrantKeeperOptions;
  readonly #kind: string;
  /** The tokens as of the last look. A renewal counts for these and for none that have come meanwhile. */
  #held: UpstreamGrant | undefined;
  /** The tokens whose renewal is claimed here. Others may look at newer ones meanwhile. */
  #claimed: UpstreamGrant | undefined;

  constructor(options: GrantKeeperOptions) {
    this.#options = options;
    this.#kind = options.kind ?? ORG_GRANT;
  }

  kept = async () => "the database of this server, encrypted";
  prepare = async () => {};
  outlives = async () => true;

  async read(): Promise<Found> {
    const { grants, person } = this.#options;
    this.#held = await grants.find(person, this.#kind);
    return this.#held === undefined ? { signIn: undefined, certain: true } : { signIn: this.#signInOf(this.#held) };
  }

  async write(signIn: StoredSignIn): Promise<boolean> {
    const held = this.#claimed ?? this.#held;
    if (held === undefined) return false;
    const { accessToken, refreshToken, expiresAtMs = 0, grantedScopes, proofKey } = signIn;
    return this.#options.grants.renewed(held, {
      access: accessToken,
      accessEndsAtMs: expiresAtMs,
      refresh: refreshToken,
      dpopKey: proofKey && JSON.stringify(proofKey),
      scopes: grantedScopes,
    });
  }

  async remove(): Promise<void> {
    const held = this.#claimed ?? this.#held;
    if (held === undefined) return;
    await this.#options.grants.end(held.person, "invalid_grant", {
      kind: this.#kind,
      version: held.version,
      isEndedAtOrg: true,
    });
    this.#held = undefined;
  }

  async locked<T>(action: () => Promise<T>): Promise<T> {
    const { grants } = this.#options;
    const lastMs = Date.now() + WAIT_MS;
    for (;;) {
      await this.read();
      const held = this.#held;
      if (held === undefined) return action();
      if (await grants.claimRenewal(held, RENEWAL_MS)) {
        this.#claimed = held;
        try {
          return await action();
        } finally {
          this.#claimed = undefined;
          // It does nothing once the tokens were renewed or have ended.
          await grants.release(held, "not_renewed");
        }
      }
      if (Date.now() >= lastMs) {
        throw new OktaMcpError("okta_down", "The renewal of the sign-in takes too long elsewhere in this server.");
      }
      await delay(PAUSE_MS);
    }
  }

  #signInOf({ id, access, accessEndsAtMs, refresh, dpopKey, scopes }: UpstreamGrant): StoredSignIn {
    const { orgUrl, clientId, login, subject } = this.#options;
    return {
      version: 1,
      orgUrl,
      clientId,
      signInId: id,
      user: login,
      subject,
      askedScopes: [...scopes],
      grantedScopes: [...scopes],
      accessToken: access,
      refreshToken: refresh,
      proofKey: dpopKey === undefined ? undefined : storedSignIn.shape.proofKey.parse(JSON.parse(dpopKey)),
      obtainedAtMs: 0,
      expiresAtMs: accessEndsAtMs,
    };
  }
}
