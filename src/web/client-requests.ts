import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import { errors } from "oidc-provider";
import { ownScopesIn } from "../issuer/own-scopes.js";
import { redirectPlace } from "../issuer/redirect-rules.js";
import type { AskingClient } from "../pages/consent-page.js";
import type { AuditEvent } from "../store/audit.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import { type SignInFailure, signInFailure } from "../upstream/sign-in-failure.js";

export interface ClientRequestsOptions {
  /** The authorization server as of this moment. */
  provider(): Provider;
  store: Pick<Store, "consents" | "clients">;
  /** The address of /mcp. */
  resource: string;
  /** The names of the clients of serve.json at this moment, by their ids. */
  knownClients(): ReadonlyMap<string, string>;
}

/** Keeps on record what happened to access, with the address and the name of the request. */
export type AuditRecorder = (event: Omit<AuditEvent, "ip" | "requestId">) => Promise<void>;

/** What a client asks a person for. */
export interface AskedConsent {
  uid: string;
  clientId: string;
  client: AskingClient;
  redirectUri: string;
  /** Who is signed in already, as our own id. */
  personId: string | undefined;
}

/** The way back to a client: an address of ours that sends the browser on. */
export interface WayBack {
  address: string;
  client: string;
}

/** The requests of clients for codes: what each asks for, and the answer that it gets. */
export class ClientRequests {
  readonly #options: ClientRequestsOptions;

  constructor(options: ClientRequestsOptions) {
    this.#options = options;
  }

  /**
   * What the client of a running request asks for.
   * @throws SignInFailure state_expired where this browser has no such request
   */
  async asked(uid: string, request: IncomingMessage, response: ServerResponse): Promise<AskedConsent> {
    const { knownClients } = this.#options;
    const provider = this.#options.provider();
    const found = await provider.interactionDetails(request, response).catch((error: unknown) => {
      throw error instanceof errors.SessionNotFound ? notBegun() : error;
    });
    if (found.uid !== uid || hasEnded(found)) throw notBegun();
    const { params, session } = found;
    const clientId = String(params.client_id);
    const redirectUri = String(params.redirect_uri);
    return {
      uid,
      clientId,
      client: {
        name: (await provider.Client.find(clientId))?.clientName ?? clientId,
        isKnown: knownClients().has(clientId),
        ...redirectPlace(redirectUri),
        scopes: ownScopesIn(scopeOf(params)),
      },
      redirectUri,
      personId: session?.accountId,
    };
  }

  /**
   * The name of a client for people, as it was when the client was last used. Nothing is fetched: a client whose
   * document cannot be had any more, or that was blocked, must not keep a person from ending its access.
   */
  async nameOf(clientId: string): Promise<string> {
    const { knownClients, store } = this.#options;
    return knownClients().get(clientId) ?? (await store.clients.find(clientId))?.name ?? clientId;
  }

  /** True where the person has allowed the very same before. */
  async isRemembered({ personId, clientId, client }: AskedConsent): Promise<boolean> {
    // Any program of a machine can name another's id, that of a known client too, and wait on a port or for a private
    // scheme (RFC 8252, section 8.6).
    if (personId === undefined || !client.isWeb) return false;
    return this.#options.store.consents.has(personId, consentOf(clientId, client));
  }

  /** Ends a request with a yes. @returns where the browser goes @throws SignInFailure state_expired */
  async allow(uid: string, person: KnownPerson, record: AuditRecorder): Promise<string> {
    const { store, resource } = this.#options;
    const provider = this.#options.provider();
    const interaction = await this.#interaction(uid);
    const { client_id: clientId = "", redirect_uri: redirectUri = "" } = interaction.params as Record<string, string>;
    const { redirectHost } = redirectPlace(redirectUri);
    const scopes = ownScopesIn(scopeOf(interaction.params));
    await store.consents.give(person.id, consentOf(clientId, { redirectHost, scopes }));
    const grant = new provider.Grant({ accountId: person.id, clientId });
    // The scopes are those of the server and of the resource.
    grant.addOIDCScope(scopes.join(" "));
    grant.addResourceScope(resource, scopes.join(" "));
    const grantId = await grant.save();
    const { session } = interaction;
    if (session?.accountId !== undefined && session.accountId !== person.id) {
      // Somebody else was signed in to this browser before. Their session ends, and nothing of it goes to the client.
      await (await provider.Session.findByUid(session.uid))?.destroy();
      interaction.session = undefined;
    }
    interaction.result = { login: { accountId: person.id }, consent: { grantId } };
    await interaction.persist();
    await record({
      actor: person.id,
      action: "consent",
      client: clientId,
      outcome: "done",
      detail: { host: redirectHost, scopes },
    });
    return interaction.returnTo;
  }

  /** Ends a request with the person's no. @returns where the browser goes @throws SignInFailure state_expired */
  async refuse(uid: string, record: AuditRecorder): Promise<string> {
    const interaction = await this.#interaction(uid);
    interaction.result = { error: "access_denied", error_description: "The person did not allow it." };
    await interaction.persist();
    const { client_id, redirect_uri } = interaction.params as Record<string, string>;
    const { redirectHost: host } = redirectPlace(redirect_uri ?? "");
    await record({ actor: undefined, action: "consent", client: client_id, outcome: "refused", detail: { host } });
    return interaction.returnTo;
  }

  /** Ends a request with what went wrong, so that the client waits no longer; undefined where it has ended by itself. */
  async fail(uid: string, { code, message, fix, isPassing }: SignInFailure): Promise<WayBack | undefined> {
    const interaction = await this.#options.provider().Interaction.find(uid);
    if (interaction === undefined) return undefined;
    interaction.result = {
      error: isPassing ? "temporarily_unavailable" : "access_denied",
      // Neither quotation marks nor letters beyond ASCII (RFC 6749, section 4.1.2.1).
      error_description: `${code}: ${message} ${fix}`.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "'"),
    };
    await interaction.persist();
    return { address: interaction.returnTo, client: await this.nameOf(String(interaction.params.client_id)) };
  }

  /** Ends the session at our authorization server. @param id the value of its cookie */
  async endSession(id: string): Promise<void> {
    await (await this.#options.provider().Session.find(id))?.destroy();
  }

  /** The name of the cookie of such a session. */
  get sessionCookie(): string {
    return this.#options.provider().cookieName("session");
  }

  async #interaction(uid: string) {
    const interaction = await this.#options.provider().Interaction.find(uid);
    if (interaction === undefined || hasEnded(interaction)) throw notBegun();
    return interaction;
  }
}

/** The library counts the end of a request by the machine's clock, in seconds. */
function hasEnded({ exp }: { exp?: number | undefined }): boolean {
  return exp === undefined || exp * 1000 <= Date.now();
}

function consentOf(client: string, { redirectHost, scopes }: Pick<AskingClient, "redirectHost" | "scopes">) {
  return { client, redirectHost, scopes };
}

function scopeOf({ scope }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof scope === "string" ? scope : undefined;
}

/** The refusal of a browser that comes without having begun, too late, or a second time. */
export function notBegun(): SignInFailure {
  return signInFailure("state_expired");
}
