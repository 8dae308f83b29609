import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import type { GrantEndings } from "../issuer/grant-endings.js";
import { ownScopesIn } from "../issuer/own-scopes.js";
import { redirectPlace } from "../issuer/redirect-rules.js";
import type { AskingClient } from "../pages/consent-page.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import type { OktaLogin, SignedIn, SignInRequest } from "../upstream/okta-login.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import { randomText } from "./browser-binding.js";

/** The time in which a sign-in has to end. */
const SIGN_IN_MS = 10 * 60_000;

/** The scopes with which a person says who they are. Their own rights at Okta are asked for apart. */
const IDENTITY_SCOPES = ["openid", "profile", "email", "groups"];

export interface SignInFlowOptions {
  /** Our own authorization server; undefined where another one gives out the tokens. */
  provider: Provider | undefined;
  store: Store;
  login: OktaLogin;
  endings: GrantEndings;
  /** The roles at this moment. */
  roles(): readonly Role[];
  /** The address of /mcp. */
  resource: string;
  /** Client ids of serve.json. */
  knownClients: ReadonlySet<string>;
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
  nonce: string;
  verifier: string;
  scopes: string[];
  /** The person of the first leg, who has to be that of the second. */
  person: string | undefined;
  subject: string | undefined;
  /** Where the browser goes in the end, for the pages. */
  returnTo: string | undefined;
  maxAgeSeconds: number | undefined;
}

/** What a client asks a person for. */
export interface AskedConsent {
  uid: string;
  clientId: string;
  client: AskingClient;
  redirectUri: string;
  /** Who is signed in already, as our own id. */
  personId: string | undefined;
}

/** The next place for a browser: the next leg of the sign-in, or the end of it. */
export type NextStep = { redirect: string } | { person: KnownPerson; signedInAtMs: number; returnTo: string };

/** The way of a person from a client's request to its code, through Okta. */
export class SignInFlow {
  readonly #options: SignInFlowOptions;

  constructor(options: SignInFlowOptions) {
    this.#options = options;
  }

  /** What the client of a running request asks for. @throws errors of oidc-provider where the browser has none */
  async asked(request: IncomingMessage, response: ServerResponse): Promise<AskedConsent> {
    const provider = this.#provider();
    const { knownClients } = this.#options;
    const { uid, params, session } = await provider.interactionDetails(request, response);
    const clientId = String(params.client_id);
    const redirectUri = String(params.redirect_uri);
    const client = await provider.Client.find(clientId);
    return {
      uid,
      clientId,
      client: {
        name: client?.clientName ?? clientId,
        isKnown: knownClients.has(clientId),
        ...redirectPlace(redirectUri),
        scopes: ownScopesIn(scopeOf(params)),
      },
      redirectUri,
      personId: session?.accountId,
    };
  }

  /** True where the person has allowed the very same before. */
  async isRemembered({ personId, clientId, client }: AskedConsent): Promise<boolean> {
    // Any program of a machine can name another's id and wait on a port, or for a private scheme.
    if (personId === undefined || !(client.isKnown || client.isWeb)) return false;
    return this.#options.store.consents.has(personId, consentOf(clientId, client));
  }

  /** Sends a browser to Okta, to say who sits in front of it. */
  begin(browser: string, what: Partial<Pick<Begun, "uid" | "returnTo" | "maxAgeSeconds">>): Promise<string> {
    return this.#leg(browser, {
      uid: what.uid,
      leg: "identity",
      nonce: randomText(),
      verifier: randomText(),
      scopes: IDENTITY_SCOPES,
      person: undefined,
      subject: undefined,
      returnTo: what.returnTo,
      maxAgeSeconds: what.maxAgeSeconds,
    });
  }

  /**
   * Takes a browser that comes back from Okta.
   * @throws SignInFailure
   */
  async comeBack(browser: string | undefined, callback: URLSearchParams): Promise<NextStep> {
    const { store, login } = this.#options;
    const state = callback.get("state") ?? "";
    const taken =
      browser === undefined ? undefined : await store.transactions.take({ state, browser, kind: "sign_in" });
    if (browser === undefined || taken === undefined || "why" in taken) throw notBegun();
    const begun = taken.data as Begun;
    const { nonce, verifier, scopes, maxAgeSeconds } = begun;
    const request: SignInRequest = { state, nonce, verifier, scopes, maxAgeSeconds };
    const signedIn = await login.finish(callback, request);
    return begun.leg === "identity" ? this.#identified(browser, begun, signedIn) : this.#granted(begun, signedIn);
  }

  /** Ends a request of a client with a yes, and says where the browser goes. */
  async allow(uid: string, person: KnownPerson): Promise<string> {
    const provider = this.#provider();
    const { store, resource } = this.#options;
    const interaction = await provider.Interaction.find(uid);
    if (interaction === undefined) throw notBegun();
    const { client_id: clientId, redirect_uri: redirectUri } = interaction.params as Record<string, string>;
    const { redirectHost } = redirectPlace(redirectUri ?? "");
    const scopes = ownScopesIn(scopeOf(interaction.params));
    await store.consents.give(person.id, consentOf(clientId ?? "", { redirectHost, scopes }));
    const grant = new provider.Grant({ accountId: person.id, clientId: clientId ?? "" });
    // The scopes are those of the server and of the resource.
    grant.addOIDCScope(scopes.join(" "));
    grant.addResourceScope(resource, scopes.join(" "));
    const grantId = await grant.save();
    interaction.result = { login: { accountId: person.id }, consent: { grantId } };
    await interaction.persist();
    await store.audit.add({
      actor: person.id,
      action: "consent",
      client: clientId,
      outcome: "done",
      detail: { host: redirectHost, scopes },
    });
    return interaction.returnTo;
  }

  /** Ends a request of a client with a no. */
  async refuse(uid: string): Promise<string> {
    const interaction = await this.#provider().Interaction.find(uid);
    if (interaction === undefined) throw notBegun();
    interaction.result = { error: "access_denied", error_description: "The person did not allow it." };
    await interaction.persist();
    return interaction.returnTo;
  }

  /** @throws SignInFailure where no client asks people here */
  #provider(): Provider {
    const { provider } = this.#options;
    if (provider === undefined) throw notBegun();
    return provider;
  }

  /** The scopes at Okta of the roles in which a person acts by their own right, where their token lacks one. */
  async missingScopes(person: KnownPerson): Promise<string[]> {
    const own = rolesOf(this.#options.roles(), person.groups).filter(({ actAs }) => actAs === "user");
    const wanted = new Set(own.flatMap(({ scopes }) => [...scopes]));
    if (wanted.size === 0) return [];
    const held = await this.#options.store.upstream.find(person.id, "org");
    const isWhole = held !== undefined && [...wanted].every((scope) => held.scopes.includes(scope));
    return isWhole ? [] : [...wanted];
  }

  async #identified(browser: string, begun: Begun, signedIn: SignedIn): Promise<NextStep> {
    const { store, roles } = this.#options;
    const { issuer, subject, login, name, email, groups } = signedIn;
    const person = await store.people.signedIn({ issuer, subject, login, name, email, emailVerified: false, groups });
    if (person.status === "blocked") throw await this.#refused(person, "user_not_assigned");
    if (rolesOf(roles(), person.groups).length === 0) throw await this.#refused(person, "no_role");
    const missing = await this.missingScopes(person);
    if (missing.length === 0) return this.#done(begun, person);
    const redirect = await this.#leg(browser, {
      ...begun,
      leg: "org",
      nonce: randomText(),
      verifier: randomText(),
      scopes: ["openid", "offline_access", ...missing],
      person: person.id,
      subject,
      maxAgeSeconds: undefined,
    });
    return { redirect };
  }

  async #granted(begun: Begun, { subject, tokens }: SignedIn): Promise<NextStep> {
    const { store, endings, now } = this.#options;
    const person = begun.person === undefined ? undefined : await store.people.find(begun.person);
    if (person === undefined) throw notBegun();
    if (subject !== begun.subject) {
      throw new SignInFailure(
        "another_person",
        "Somebody else signed in at Okta meanwhile.",
        "Sign out of Okta in this browser, then start again from your program.",
      );
    }
    const former = await store.upstream.put(person.id, "org", {
      access: tokens.accessToken,
      accessEndsAtMs: now() + (tokens.expiresInMs ?? 0),
      refresh: tokens.refreshToken,
      dpopKey: undefined,
      scopes: tokens.scopes ?? begun.scopes,
    });
    if (former !== undefined && former !== tokens.refreshToken) endings.revokeAtOrg(former);
    return this.#done(begun, person);
  }

  async #done(begun: Begun, person: KnownPerson): Promise<NextStep> {
    const { store, now } = this.#options;
    await store.audit.add({ actor: person.id, action: "sign_in", outcome: "done" });
    if (begun.uid !== undefined) return { redirect: await this.allow(begun.uid, person) };
    return { person, signedInAtMs: now(), returnTo: begun.returnTo ?? "/me" };
  }

  async #leg(browser: string, data: Begun): Promise<string> {
    const { store, login, now } = this.#options;
    const state = randomText();
    await store.transactions.begin({ state, browser, kind: "sign_in", data, endsAtMs: now() + SIGN_IN_MS });
    const { nonce, verifier, scopes, maxAgeSeconds } = data;
    return login.address({ state, nonce, verifier, scopes, maxAgeSeconds });
  }

  async #refused(person: KnownPerson, code: "no_role" | "user_not_assigned"): Promise<SignInFailure> {
    await this.#options.store.audit.add({ actor: person.id, action: "sign_in", outcome: "refused", detail: { code } });
    return code === "no_role"
      ? new SignInFailure(
          "no_role",
          "None of your groups has a role here.",
          "Ask who runs this server which group you need. `okta-mcp serve who LOGIN` tells them what you have.",
        )
      : new SignInFailure("user_not_assigned", "Your access to this server was blocked.", "Ask who runs this server.");
  }
}

function consentOf(client: string, { redirectHost, scopes }: Pick<AskingClient, "redirectHost" | "scopes">) {
  return { client, redirectHost, scopes };
}

function scopeOf({ scope }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof scope === "string" ? scope : undefined;
}

function notBegun(): SignInFailure {
  return new SignInFailure(
    "state_expired",
    "This sign-in was not begun in this browser, has ended, or took longer than ten minutes.",
    "Start again from your program, and finish in the same browser.",
  );
}
