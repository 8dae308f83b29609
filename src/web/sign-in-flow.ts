import type { Log } from "../log.js";
import { type AdminSettings, isAdminIn } from "../people/admin-schema.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import type { Admission } from "../upstream/admission.js";
import { ORG_GRANT } from "../upstream/grant-keeper.js";
import type { OktaLogin, SignedIn, SignInRequest } from "../upstream/okta-login.js";
import type { ServerName } from "../upstream/okta-servers.js";
import type { OrgRevocations } from "../upstream/org-revocations.js";
import type { PersonChecks } from "../upstream/person-checks.js";
import type { PersonGroups } from "../upstream/person-groups.js";
import { SignInFailure, signInFailure } from "../upstream/sign-in-failure.js";
import { randomText } from "./browser-binding.js";
import { type AuditRecorder, type ClientRequests, notBegun, type WayBack } from "./client-requests.js";

/** The time in which a sign-in has to end. */
const SIGN_IN_MS = 10 * 60_000;

/** The scope of a refresh token, with which the org is asked later whether the person is still there. */
const LASTING = "offline_access";

export interface SignInFlowOptions {
  store: Store;
  login: OktaLogin;
  /** Decides who is let in. */
  admission: Admission;
  /** The scopes with which a person says who they are. Their own rights at Okta are asked for apart. */
  identityScopes: readonly string[];
  groups: PersonGroups;
  checks: PersonChecks;
  /** Takes the tokens that are to be revoked at the org. */
  revocations: Pick<OrgRevocations, "add">;
  /** The requests of clients; undefined where clients get their tokens elsewhere. */
  requests: ClientRequests | undefined;
  /** The roles at this moment. */
  roles(): readonly Role[];
  /** Who may use the admin pages at this moment; undefined where there are none. */
  admins(): AdminSettings | undefined;
  log: Pick<Log, "warn">;
  /** Epoch milliseconds. */
  now(): number;
}

/** What a browser has begun and comes back for. */
interface Begun {
  [member: string]: unknown;
  /** The interaction of the authorization server; undefined for a sign-in to the pages alone. */
  uid: string | undefined;
  /** The first leg says who the person is; the second gets their own token at Okta. */
  leg: "identity" | "org";
  /** Whether the second leg comes: never, where scopes are missing, or in any case. */
  org: "never" | "missing" | "always";
  nonce: string;
  verifier: string;
  scopes: string[];
  /** The person of the first leg, who has to be that of the second. */
  person: string | undefined;
  /** Their id at Okta. */
  subject: string | undefined;
  /** When access of the person had last ended as they came. Another end since then ends the sign-in too. */
  endedAtMs?: number | undefined;
  /** Where the browser goes in the end, for the pages. */
  returnTo: string | undefined;
  maxAgeSeconds: number | undefined;
  /** The session that begins in the end; undefined for that of the pages. */
  session?: "admin" | undefined;
  /** The assurances of which the sign-in needs one. */
  acrValues?: string[] | undefined;
}

/** What a sign-in is for: the request of a client, or a page. */
export type SignInGoal =
  | { uid: string; prompt?: "login" | undefined }
  | { returnTo: string; maxAgeSeconds?: number | undefined; grants?: boolean; session?: "admin" };

/** A sign-in to the pages, or to the admin pages, that has come to its end. */
export interface CompletedSignIn {
  person: KnownPerson;
  /** When they typed in their password at Okta, in epoch milliseconds. */
  signedInAtMs: number;
  /** How they signed in; undefined where Okta does not tell. */
  acr: string | undefined;
  idToken: string;
  returnTo: string;
  /** The session that begins; undefined for that of the pages. */
  session: "admin" | undefined;
}

/** The next place for a browser: the next leg of the sign-in, the end of it, or what went wrong. */
export type NextStep = { redirect: string } | CompletedSignIn | { failure: SignInFailure; back: WayBack | undefined };

/** The way of a person through Okta: first who they are, then what this server may do for them there. */
export class SignInFlow {
  readonly #options: SignInFlowOptions;

  constructor(options: SignInFlowOptions) {
    this.#options = options;
  }

  /** Sends a browser to Okta, to say who sits in front of it. */
  begin(browser: string, goal: SignInGoal): Promise<string> {
    const forClient = "uid" in goal;
    const what: Begun = {
      uid: forClient ? goal.uid : undefined,
      leg: "identity",
      org: forClient ? "missing" : goal.grants === true ? "always" : "never",
      nonce: randomText(),
      verifier: randomText(),
      scopes: [...this.#options.identityScopes, ...(forClient ? [LASTING] : [])],
      person: undefined,
      subject: undefined,
      returnTo: forClient ? undefined : goal.returnTo,
      maxAgeSeconds: forClient ? undefined : goal.maxAgeSeconds,
      session: forClient ? undefined : goal.session,
      acrValues: forClient || goal.session !== "admin" ? undefined : this.#options.admins()?.acr_values,
    };
    return this.#leg(browser, what, forClient ? goal.prompt : undefined);
  }

  /**
   * Takes a browser that comes back from Okta.
   * @throws SignInFailure where this browser has begun nothing that ends here
   */
  async comeBack(browser: string | undefined, callback: URLSearchParams, record: AuditRecorder): Promise<NextStep> {
    const begun = await this.#begun(browser, callback, record);
    try {
      const { nonce, verifier, scopes, maxAgeSeconds } = begun;
      const state = callback.get("state") ?? "";
      const request: SignInRequest = { server: serverOf(begun), state, nonce, verifier, scopes, maxAgeSeconds };
      const signedIn = await this.#options.login.finish(callback, request);
      if (begun.acrValues?.includes(signedIn.acr ?? "") === false) throw mfaRequired(signedIn.acr);
      return await (begun.leg === "identity"
        ? this.#identified(browser as string, begun, signedIn, record)
        : this.#granted(begun, signedIn, record));
    } catch (error) {
      if (!(error instanceof SignInFailure)) throw error;
      return this.#failed(browser as string, begun, error, record);
    }
  }

  /** The scopes at Okta of the roles in which a person acts by their own right. */
  wantedScopes(person: KnownPerson): string[] {
    const own = rolesOf(this.#options.roles(), person.groups).filter(({ actAs }) => actAs === "user");
    return [...new Set(own.flatMap(({ scopes }) => [...scopes]))];
  }

  /** True for somebody who has a role here. */
  hasRole({ groups }: KnownPerson): boolean {
    return rolesOf(this.#options.roles(), groups).length > 0;
  }

  /** Those scopes, where the token of the person lacks one of them; otherwise none. */
  async missingScopes(person: KnownPerson): Promise<string[]> {
    const wanted = this.wantedScopes(person);
    if (wanted.length === 0) return [];
    const held = await this.#options.store.upstream.find(person.id, ORG_GRANT);
    const isWhole = held !== undefined && wanted.every((scope) => held.scopes.includes(scope));
    return isWhole ? [] : wanted;
  }

  async #begun(browser: string | undefined, callback: URLSearchParams, record: AuditRecorder): Promise<Begun> {
    const { store } = this.#options;
    const state = callback.get("state") ?? "";
    // A browser that never was here has begun nothing, and finds that out as any other stranger does.
    const taken = await store.transactions.take({ state, browser: browser ?? randomText(), kind: "sign_in" });
    if ("data" in taken) return taken.data as Begun;
    if (taken.why !== "another_browser") throw notBegun();
    await record({ actor: undefined, action: "sign_in", outcome: "refused", detail: { code: "another_browser" } });
    throw signInFailure("another_browser");
  }

  async #identified(browser: string, begun: Begun, signedIn: SignedIn, record: AuditRecorder): Promise<NextStep> {
    const { store, admission, groups, checks } = this.#options;
    const { issuer, subject, login, name, email, emailVerified, attributes, tokens } = signedIn;
    let unused = tokens.refreshToken;
    // What follows waits for the org, and access may end meanwhile.
    begun.endedAtMs = (await store.people.findBySubject(issuer, subject))?.endedAtMs;
    // Whoever is not let in is on record by the id at Okta, by which they can be invited.
    begun.subject = subject;
    try {
      await admission.admit(signedIn);
      const ids = await groups.of(signedIn);
      const told = { issuer, subject, login, name, email, emailVerified, attributes, groups: ids };
      const person = await store.people.signedIn(told);
      await admission.arrived(signedIn);
      begun.person = person.id;
      // The groups may be others than before, and a client of theirs may be listening.
      await store.news.publish({ about: "person", id: person.id });
      if (person.status === "blocked") throw signInFailure("blocked");
      if (begun.session === "admin") {
        if (!isAdminIn(this.#options.admins() ?? { groups: [] }, person.groups)) throw notAdmin();
      } else if (!this.hasRole(person)) throw signInFailure("no_role");
      if (begun.uid !== undefined) {
        await checks.keep(person, signedIn);
        unused = undefined;
      }
      const scopes = begun.org === "always" ? this.wantedScopes(person) : await this.missingScopes(person);
      if (begun.org === "never" || scopes.length === 0) return await this.#done(begun, person, signedIn, record);
      const lasting = begun.uid === undefined || begun.scopes.includes(LASTING) ? [LASTING] : [];
      const next: Begun = {
        ...begun,
        leg: "org",
        nonce: randomText(),
        verifier: randomText(),
        scopes: ["openid", ...lasting, ...scopes],
        maxAgeSeconds: undefined,
      };
      return { redirect: await this.#leg(browser, next) };
    } catch (error) {
      await this.#revoke(begun, unused);
      throw error;
    }
  }

  async #granted(begun: Begun, signedIn: SignedIn, record: AuditRecorder): Promise<NextStep> {
    const { store, now } = this.#options;
    const { subject, tokens } = signedIn;
    const person = begun.person === undefined ? undefined : await store.people.find(begun.person);
    if (person?.status !== "active" || person.endedAtMs !== begun.endedAtMs || subject !== begun.subject) {
      await this.#revoke(begun, tokens.refreshToken);
      throw person?.status === "active" && subject !== begun.subject ? signInFailure("another_person") : notBegun();
    }
    const unused = await store.upstream.put(person.id, ORG_GRANT, {
      access: tokens.accessToken,
      accessEndsAtMs: now() + (tokens.expiresInMs ?? 0),
      refresh: tokens.refreshToken,
      dpopKey: undefined,
      scopes: tokens.scopes ?? begun.scopes,
    });
    await this.#revoke(begun, unused);
    // Their access has ended since they were looked up.
    if (unused !== undefined && unused === tokens.refreshToken) throw notBegun();
    await record({ actor: person.id, action: "grant_okta", outcome: "done", detail: { scopes: tokens.scopes } });
    return this.#done(begun, person, signedIn, record);
  }

  /** Has the org end a refresh token that nothing here will use. */
  async #revoke({ person }: Begun, token: string | undefined): Promise<void> {
    if (token !== undefined) await this.#options.revocations.add({ person, kind: "refresh_token", token });
  }

  async #done(begun: Begun, person: KnownPerson, signedIn: SignedIn, record: AuditRecorder): Promise<NextStep> {
    const { requests, now } = this.#options;
    const { session } = begun;
    const latest = await this.#options.store.people.find(person.id);
    if (latest?.status !== "active" || latest.endedAtMs !== begun.endedAtMs) throw notBegun();
    await record({ actor: person.id, action: "sign_in", outcome: "done", ...(session && { detail: { session } }) });
    if (begun.uid !== undefined && requests !== undefined) {
      return { redirect: await requests.allow(begun.uid, person, record) };
    }
    // Where Okta does not tell when the password was typed in, it was too long ago for anything that asks.
    const signedInAtMs = Math.min(signedIn.authenticatedAtMs ?? 0, now());
    const { acr, idToken } = signedIn;
    return { person, signedInAtMs, acr, idToken, returnTo: begun.returnTo ?? "/me", session };
  }

  async #failed(browser: string, begun: Begun, failure: SignInFailure, record: AuditRecorder): Promise<NextStep> {
    const { requests, log } = this.#options;
    if (failure.code === "scope_not_granted" && begun.leg === "identity" && begun.scopes.includes(LASTING)) {
      log.warn(
        "Okta gives this app no refresh tokens, so clients have to sign in again whenever a token ends, after ten minutes. Tick Refresh Token among the grant types of the app in Okta.",
        { detail: failure.detail },
      );
      const scopes = begun.scopes.filter((scope) => scope !== LASTING);
      const again = { ...begun, nonce: randomText(), verifier: randomText(), scopes };
      return { redirect: await this.#leg(browser, again) };
    }
    const { person: actor, subject, leg } = begun;
    const detail = { code: failure.code, leg };
    const target = actor === undefined ? subject : undefined;
    await record({ actor, action: "sign_in", target, outcome: "refused", detail });
    const back = begun.uid === undefined ? undefined : await requests?.fail(begun.uid, failure);
    return { failure, back };
  }

  async #leg(browser: string, data: Begun, prompt?: "login"): Promise<string> {
    const { store, login, admission, now } = this.#options;
    const state = randomText();
    await store.transactions.begin({
      state,
      browser,
      kind: "sign_in",
      data,
      person: data.person,
      endsAtMs: now() + SIGN_IN_MS,
    });
    const { nonce, verifier, scopes, maxAgeSeconds } = data;
    const server = serverOf(data);
    const acrValues = data.acrValues ?? (server === "org" ? undefined : admission.acrValues);
    return login.address({ server, state, nonce, verifier, scopes, maxAgeSeconds, prompt, acrValues });
  }
}

/** Rights at Okta's own API are given out by the org's own authorization server alone. */
function serverOf({ leg }: Pick<Begun, "leg">): ServerName {
  return leg === "org" ? "org" : "sign_in";
}

/** The refusal of somebody who is no admin. */
export const notAdmin = () => signInFailure("not_admin");

const mfaRequired = (acr: string | undefined) =>
  signInFailure("mfa_required", { detail: `the sign-in has acr ${acr ?? "none"}, none of admins.acr_values` });
