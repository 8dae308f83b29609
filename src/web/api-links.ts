import { WrongToken } from "../apis/api-issuer.js";
import type { CodeGrant, Grant } from "../auth/oauth-client.js";
import type { Log } from "../log.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import type { LinkedApi } from "../store/upstream-grants.js";
import { apiGrant } from "../store/upstream-rows.js";
import type { CompanyApis, LinkableApi } from "../upstream/company-apis.js";
import { asSignInFailure } from "../upstream/okta-causes.js";
import type { OrgRevocations } from "../upstream/org-revocations.js";
import { type SignInCause, SignInFailure, signInFailure } from "../upstream/sign-in-failure.js";
import { randomText } from "./browser-binding.js";
import { type AuditRecorder, notBegun } from "./client-requests.js";

/** The time in which a grant has to end. */
const LINK_MS = 10 * 60_000;

/** What a grant asks for besides the scopes of the API: who grants it, and a token that renews itself. */
const IDENTITY = "openid";
const LASTING = "offline_access";

export interface ApiLinksOptions {
  /** The address at which clients reach this server, without a slash at its end. */
  publicUrl: string;
  apis: CompanyApis;
  store: Pick<Store, "transactions" | "people" | "upstream" | "news">;
  /** Takes the tokens that are to be revoked. */
  revocations: Pick<OrgRevocations, "add" | "kick">;
  /** The roles at this moment. */
  roles(): readonly Role[];
  log: Pick<Log, "warn">;
  /** Epoch milliseconds. */
  now(): number;
}

/** An API that a person may link, and whether they have. */
export interface OfferedApi {
  name: string;
  scopes: readonly string[];
  /** The origin of its authorization server. */
  goesTo: string;
  linked: LinkedApi | undefined;
}

/** What a browser has begun and comes back for. */
interface Begun {
  [member: string]: unknown;
  nonce: string;
  verifier: string;
  scopes: string[];
  person: string;
  /** When access of the person had last ended as they began. */
  endedAtMs?: number | undefined;
}

/** The path of an API's page. */
export const linkPath = (api: string): string => `/connect/${api}`;

/**
 * The links of people to the company's APIs: each grants this server access once, at the API's own authorization server
 * (RFC 6749, section 4.1, with PKCE; OpenID Connect Core, section 3.1), and may end it.
 */
export class ApiLinks {
  readonly #options: ApiLinksOptions;

  constructor(options: ApiLinksOptions) {
    this.#options = options;
  }

  /** The address to which an authorization server sends people back. It is registered in the app there. */
  redirectUri(api: string): string {
    return `${this.#options.publicUrl}${linkPath(api)}/callback`;
  }

  /** The APIs that a person may link, and those that they have linked and may end. */
  async offered(person: KnownPerson): Promise<OfferedApi[]> {
    const linked = await this.#options.store.upstream.apisOf(person.id);
    const may = this.#of(person).map((one) => ({
      name: one.api.name,
      scopes: one.source.scopes,
      goesTo: new URL(one.issuer.issuer).origin,
      linked: linked.find(({ api }) => api === one.api.name),
    }));
    const others = linked.filter(({ api }) => !may.some(({ name }) => name === api));
    return [...may, ...others.map((link) => ({ name: link.api, scopes: link.scopes, goesTo: "", linked: link }))];
  }

  /** Sends a browser to the authorization server of an API. @throws SignInFailure */
  begin(browser: string, person: KnownPerson, name: string): Promise<string> {
    const one = this.#require(person, name);
    return this.#go(browser, person, one, [IDENTITY, LASTING, ...one.source.scopes]);
  }

  /**
   * Takes a browser that comes back from the authorization server of an API.
   * @param signedIn whoever is signed in to the pages in this browser
   * @returns where the browser goes next
   * @throws SignInFailure
   */
  async comeBack(
    { browser, signedIn, name }: { browser: string | undefined; signedIn: KnownPerson | undefined; name: string },
    callback: URLSearchParams,
    record: AuditRecorder,
  ): Promise<string> {
    const state = callback.get("state") ?? "";
    const { store, log } = this.#options;
    const refused = async (code: SignInCause, actor?: string) =>
      record({ actor, action: "link_api", target: name, outcome: "refused", detail: { code } });
    const taken = await store.transactions.take({ state, browser: browser ?? randomText(), kind: linkPath(name) });
    if ("why" in taken) {
      if (taken.why !== "another_browser") throw notBegun();
      await refused("another_browser");
      throw signInFailure("another_browser");
    }
    const begun = taken.data as Begun;
    try {
      // Somebody else may have signed in to the pages meanwhile.
      if (signedIn === undefined) throw notBegun();
      if (signedIn.id !== begun.person) throw signInFailure("another_person");
      const one = this.#require(signedIn, name);
      const grant = await this.#grantOf(one, callback, { ...begun, state });
      await this.#keep(one, signedIn, begun, grant);
      const { scopes = one.source.scopes } = grant;
      await record({ actor: signedIn.id, action: "link_api", target: name, outcome: "done", detail: { scopes } });
      return linkPath(name);
    } catch (error) {
      if (!(error instanceof SignInFailure)) throw error;
      const one = signedIn && this.#of(signedIn).find(({ api }) => api.name === name);
      if (error.code === "scope_not_granted" && begun.scopes.includes(LASTING) && signedIn && one && browser) {
        log.warn("an authorization server gives out no refresh tokens for an API, so people link it ever again", {
          api: name,
          detail: error.detail,
          fix: "Tick Refresh Token among the grant types of the app, and in the rule of the access policy.",
        });
        const scopes = begun.scopes.filter((scope) => scope !== LASTING);
        return this.#go(browser, signedIn, one, scopes);
      }
      await refused(error.code, begun.person);
      throw error;
    }
  }

  /** Ends a person's link. The tokens are revoked where they were given out. @returns false where there was none */
  async unlink(person: KnownPerson, name: string, record: AuditRecorder): Promise<boolean> {
    const { store, revocations } = this.#options;
    if ((await store.upstream.end(person.id, "unlinked", { kind: apiGrant(name) })) === 0) return false;
    revocations.kick();
    await record({ actor: person.id, action: "unlink_api", target: name, outcome: "done" });
    await store.news.publish({ about: "person", id: person.id });
    return true;
  }

  #of(person: KnownPerson): LinkableApi[] {
    return this.#options.apis.linkable(rolesOf(this.#options.roles(), person.groups));
  }

  #require(person: KnownPerson, name: string): LinkableApi {
    const one = this.#of(person).find(({ api }) => api.name === name);
    if (one === undefined) throw signInFailure("api_not_there");
    return one;
  }

  async #go(browser: string, person: KnownPerson, one: LinkableApi, scopes: string[]): Promise<string> {
    const { store, now } = this.#options;
    const { name } = one.api;
    const [state, nonce, verifier] = [randomText(), randomText(), randomText()];
    const data: Begun = { nonce, verifier, scopes, person: person.id, endedAtMs: person.endedAtMs };
    const endsAtMs = now() + LINK_MS;
    await store.transactions.begin({ state, browser, kind: linkPath(name), data, person: person.id, endsAtMs });
    const request = { redirectUri: this.redirectUri(name), scopes, state, nonce, verifier, loginHint: person.login };
    return one.issuer.authorizationAddress(request).catch((error: unknown) => {
      throw this.#failure(error, one);
    });
  }

  async #grantOf(
    one: LinkableApi,
    callback: URLSearchParams,
    { state, nonce, verifier }: Begun & { state: string },
  ): Promise<CodeGrant> {
    try {
      const client = await one.issuer.client();
      return await client.redeemCode({ callback, state, nonce, verifier, redirectUri: this.redirectUri(one.api.name) });
    } catch (error) {
      throw this.#failure(error, one);
    }
  }

  /** Keeps what was granted, once it is sure that it is this person's and for this API. */
  async #keep(one: LinkableApi, { id, subject, login }: KnownPerson, begun: Begun, grant: CodeGrant): Promise<void> {
    const { store, now } = this.#options;
    const { name } = one.api;
    try {
      if (grant.claims.sub !== subject) throw signInFailure("another_person");
      await one.issuer.check(grant.accessToken, { scopes: [], person: { subject, login } });
      const person = await store.people.find(id);
      if (person?.status !== "active" || person.endedAtMs !== begun.endedAtMs) throw notBegun();
    } catch (error) {
      await this.#drop(id, name, grant);
      throw this.#failure(error, one);
    }
    const unused = await store.upstream.put(id, apiGrant(name), {
      access: grant.accessToken,
      accessEndsAtMs: now() + (grant.expiresInMs ?? 0),
      refresh: grant.refreshToken,
      dpopKey: grant.proofKey && JSON.stringify(grant.proofKey.toJwk()),
      scopes: grant.scopes ?? begun.scopes,
    });
    if (unused === undefined) return;
    await this.#options.revocations.add({ person: id, kind: "refresh_token", api: name, token: unused });
    // Their access has ended since they were looked up.
    if (unused === grant.refreshToken) throw notBegun();
  }

  /** Has tokens ended that nothing here will use. */
  async #drop(person: string, api: string, { refreshToken, accessToken }: Grant): Promise<void> {
    const { revocations } = this.#options;
    await (refreshToken === undefined
      ? revocations.add({ person, kind: "access_token", api, token: accessToken })
      : revocations.add({ person, kind: "refresh_token", api, token: refreshToken }));
  }

  /** A failure in the words of its cause, with what whoever runs the server does about this API. */
  #failure(error: unknown, { api: { name }, issuer, source }: LinkableApi): unknown {
    if (error instanceof WrongToken) {
      return about(signInFailure("api_token_wrong", { detail: error.message }), name);
    }
    const failure = asSignInFailure(error);
    if (!(failure instanceof SignInFailure)) return failure;
    const app = `the app ${source.client.clientId}`;
    const server = `the authorization server ${issuer.issuer}`;
    const advice: Partial<Record<SignInCause, string>> = {
      redirect_uri_mismatch: `Register exactly ${this.redirectUri(name)} under the Sign-in redirect URIs of ${app}.`,
      invalid_client: `Compare apis.${name}.auth.client_id and its secret or key with ${app} in Okta, and tick Authorization Code and Refresh Token there.`,
      scope_not_granted: `Have ${server} know the scopes ${source.scopes.join(", ")}, and let the rule of its access policy give them to ${app}.`,
      policy_denied: `An access policy of ${server} has to list ${app}, with a rule for the grant type Authorization Code and these people.`,
      user_not_assigned: `Assign the person or a group of theirs to ${app}.`,
      okta_unreachable: `The way from this machine to ${issuer.issuer}: firewall, proxy, DNS. \`okta-mcp serve check\` tries it.`,
    };
    return about(failure, name, advice[failure.code]);
  }
}

/** The same failure, with the API in what the log gets. */
function about({ code, message, fix, detail }: SignInFailure, name: string, operator?: string): SignInFailure {
  const where = detail === undefined ? `apis.${name}` : `apis.${name}: ${detail}`;
  return new SignInFailure(code, message, fix, where, operator);
}
