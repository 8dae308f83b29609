import { giveToken } from "../../bench/company-data.js";
import type { Org } from "../../sandbox/org.js";
import type { TokenReply } from "../../sandbox/token-types.js";
import type { Store } from "../../src/store/open-store.js";

/** Somebody who is signed in. */
export interface SignedIn {
  login: string;
  /** The person's id at the server. */
  person: string;
  /** A token for /mcp. */
  token: string;
}

export type Fixture = readonly SignedIn[];

export interface SignInAheadOptions {
  /** Their logins. */
  people: readonly string[];
  org: Org;
  orgUrl: string;
  publicUrl: string;
  /** The id of their group. */
  group: string;
  scopes: readonly string[];
  /** Issues tokens of the org as if the person had signed in. */
  issue(login: string): Promise<TokenReply>;
}

/** Leaves people in the store as their sign-ins would, because real ones would take longer than what is measured. */
export async function signInAhead(store: Store, options: SignInAheadOptions): Promise<SignedIn[]> {
  const { people, org, orgUrl, publicUrl, group, scopes, issue } = options;
  const all: SignedIn[] = [];
  for (const login of people) {
    const user = org.users.findByLogin(login);
    if (user === undefined) throw new Error(`The org has no ${login}.`);
    const { id: person } = await store.people.signedIn({
      issuer: orgUrl,
      subject: user.id,
      login,
      name: undefined,
      email: login,
      emailVerified: true,
      groups: [group],
    });
    const reply = await issue(login);
    await store.upstream.put(person, "org", {
      access: reply.access_token,
      accessEndsAtMs: Date.now() + (reply.expires_in ?? 3600) * 1000,
      refresh: reply.refresh_token,
      dpopKey: undefined,
      scopes,
    });
    all.push({ login, person, token: await giveToken(store, person, `${publicUrl}/mcp`) });
  }
  return all;
}
