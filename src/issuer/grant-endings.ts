import type { Log } from "../log.js";
import type { Sleep } from "../net/waiting.js";
import type { Store } from "../store/open-store.js";

/**
 * Why something that a person has allowed a client ends. `code_reused` and `refresh_token_reused`: it was used a second
 * time, so somebody may have stolen it.
 */
export type GrantEnd = "revoked" | "code_reused" | "refresh_token_reused";

export interface GrantEndingsOptions {
  store: Pick<Store, "oidc" | "upstream" | "consents" | "audit">;
  /** Revokes a refresh token of a person at the org. Rejects where the org did not do it. */
  revokeAtOrg(refreshToken: string): Promise<void>;
  sleep: Sleep;
  log: Pick<Log, "warn" | "error">;
}

/** The pauses between attempts to revoke a token at the org. */
const PAUSES_MS = [1_000, 10_000, 60_000];

/**
 * Ends what people have allowed clients: at once for all who share the store. Once nothing of a person's is left, their
 * own tokens at the org serve nobody, and end as well.
 */
export class GrantEndings {
  readonly #options: GrantEndingsOptions;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: GrantEndingsOptions) {
    this.#options = options;
  }

  /** Ends one grant, with every code and token that stems from it. */
  async end(grantId: string, why: GrantEnd): Promise<void> {
    const { store } = this.#options;
    const grant = (await store.oidc.find("Grant", grantId))?.payload;
    await store.oidc.revokeByGrantId(grantId);
    if (typeof grant?.accountId !== "string") return;
    await this.#record(grant.accountId, why, typeof grant.clientId === "string" ? grant.clientId : undefined);
    await this.#endOrgTokens(grant.accountId, why);
  }

  /** Ends everything that a person has allowed one client. The next time the client has to ask again. */
  async endClient(person: string, client: string): Promise<void> {
    const { store } = this.#options;
    await store.oidc.revokeByPerson(person, client);
    await store.consents.withdraw(person, client);
    await this.#endOrgTokens(person, "revoked");
  }

  /** Ends everything of a person: what all clients have, and the sign-ins of their browsers. */
  async endAll(person: string): Promise<void> {
    await this.#options.store.oidc.revokeByPerson(person);
    await this.#endOrgTokens(person, "revoked");
  }

  /** Revokes a refresh token at the org, in the background and several times where the org does not answer. */
  revokeAtOrg(refreshToken: string): void {
    const running = this.#revoke(refreshToken).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing runs in the background any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Makes no further attempt, and resolves when those that run have ended. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  async #record(person: string, why: GrantEnd, client: string | undefined): Promise<void> {
    const outcome = why === "revoked" ? "done" : "refused";
    await this.#options.store.audit.add({ actor: person, action: "grant_ended", client, outcome, detail: { why } });
  }

  async #endOrgTokens(person: string, why: GrantEnd): Promise<void> {
    const { store } = this.#options;
    if ((await store.oidc.grantsOf(person)).length > 0) return;
    for (const token of await store.upstream.end(person, why)) this.revokeAtOrg(token);
  }

  async #revoke(refreshToken: string): Promise<void> {
    const { revokeAtOrg, sleep, log } = this.#options;
    const { signal } = this.#stop;
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      try {
        await revokeAtOrg(refreshToken);
        return;
      } catch (error) {
        log[pauseMs === undefined ? "error" : "warn"]("a refresh token was not revoked at the org", { error });
        if (pauseMs === undefined || signal.aborted) return;
        await sleep(pauseMs, signal).catch(() => {});
        if (signal.aborted) return;
      }
    }
  }
}
