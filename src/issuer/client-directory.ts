import Provider, { type Adapter, type AdapterPayload, type Client, errors } from "oidc-provider";
import { OktaMcpError } from "../errors/index.js";
import { DAY_MS } from "../guard/limit-store.js";
import type { Store } from "../store/open-store.js";
import type { ClientKind } from "../store/stored-clients.js";
import { visible } from "../text/quote.js";
import { countedAddress } from "./address-limits.js";
import { givenRedirectKind, RIGHT_REDIRECTS } from "./redirect-rules.js";
import { TooManyRequests } from "./too-many-requests.js";

/** A client of serve.json. */
export interface KnownClient {
  client_id: string;
  name: string;
  redirect_uris: readonly string[];
}

export interface ClientDirectoryOptions {
  store: Pick<Store, "clients" | "limits" | "audit" | "once">;
  known(): readonly KnownClient[];
  /** The clients that may register themselves within any 24 hours: from one address, and from all. */
  registrations: { perAddress: number; inAll: number };
  /** The address from which the running request comes. */
  addressOf(request: NonNullable<typeof Provider.ctx>["req"]): string;
  /** Epoch milliseconds. */
  now(): number;
}

/** A client that has registered itself and was never used ends after this time. */
const UNUSED_MS = DAY_MS;
/** A client ends that was used and then not for this time. */
const IDLE_MS = 90 * DAY_MS;
/** The use of a client is noted once within this time, since each note is a write. */
const NOTED_MS = 5 * 60_000;

/**
 * The clients: those of serve.json, those that have registered themselves, and those that are described by a document.
 * Each that was used has a row in the store, where it can be blocked.
 */
export class ClientDirectory {
  readonly #options: ClientDirectoryOptions;
  #known: { of: readonly KnownClient[]; byId: ReadonlyMap<string, AdapterPayload> };

  /** @throws OktaMcpError bad_config for a client of serve.json whose redirect URI is none */
  constructor(options: ClientDirectoryOptions) {
    this.#options = options;
    this.#known = byId(options.known());
  }

  /** True for a client of serve.json. */
  isKnown(id: string): boolean {
    return this.#knownNow().has(id);
  }

  /** The clients of serve.json, which may have been read anew. */
  #knownNow(): ReadonlyMap<string, AdapterPayload> {
    const now = this.#options.known();
    if (now !== this.#known.of) this.#known = byId(now);
    return this.#known.byId;
  }

  /** The storage of clients for oidc-provider. */
  adapter(): Adapter {
    const notKept = async () => {};
    return {
      upsert: (id, payload) => this.#register(id, payload),
      find: (id) => this.#find(id),
      destroy: (id) => this.#options.store.clients.remove(id),
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
      consume: notKept,
      revokeByGrantId: notKept,
    };
  }

  /** Notes that a client has got a token. */
  async used(client: Client): Promise<void> {
    const { store, now } = this.#options;
    const { clientId: id, clientName } = client;
    const row = await store.clients.find(id);
    if (row?.usedAtMs !== undefined && now() - row.usedAtMs < NOTED_MS) return;
    const kind = this.#kindOf(id);
    const endsAtMs = kind === "static" ? undefined : now() + IDLE_MS;
    if (kind !== "dcr" || row === undefined) {
      await store.clients.put({ id, kind, name: clientName, metadata: { ...client.metadata() }, endsAtMs });
    }
    await store.clients.used(id, endsAtMs);
  }

  /** The last document of a client that was used, where its host does not answer. */
  async lastDocument(id: string): Promise<Record<string, unknown> | undefined> {
    const row = await this.#options.store.clients.find(id);
    return row?.kind === "cimd" ? row.metadata : undefined;
  }

  #kindOf(id: string): ClientKind {
    if (this.isKnown(id)) return "static";
    // Ids that this server gives out have no colon.
    return id.startsWith("https:") ? "cimd" : "dcr";
  }

  async #find(id: string): Promise<AdapterPayload | undefined> {
    const row = await this.#options.store.clients.find(id);
    if (row?.blockedAtMs !== undefined) throw blocked();
    const known = this.#knownNow().get(id);
    if (known !== undefined) return known;
    return row?.kind === "dcr" ? (row.metadata as AdapterPayload) : undefined;
  }

  async #register(id: string, metadata: AdapterPayload): Promise<void> {
    const { store, registrations, addressOf, now } = this.#options;
    const request = Provider.ctx?.req;
    const address = request === undefined ? "unknown" : addressOf(request);
    const full = await store.limits.take(
      [
        { key: `register ${countedAddress(address)}`, allowance: byDay(registrations.perAddress) },
        { key: "register", allowance: byDay(registrations.inAll) },
      ],
      now(),
    );
    if (full !== undefined) {
      // The record is never shortened, so that a stranger must not be able to fill it.
      if (await store.once.claim("registrations full", full.key, now() + DAY_MS)) {
        await store.audit.add({ action: "register", outcome: "refused", ip: address, detail: { full: full.key } });
      }
      throw new TooManyRequests(
        "too many clients have registered within 24 hours; use a client id metadata document, or have the operator list the client",
        secondsUntilRoom(full.used.times, now()),
      );
    }
    const { client_name: name } = metadata;
    await store.clients.put({ id, kind: "dcr", name, metadata: { ...metadata }, endsAtMs: now() + UNUSED_MS });
  }
}

function byId(of: readonly KnownClient[]): { of: typeof of; byId: ReadonlyMap<string, AdapterPayload> } {
  return { of, byId: new Map(of.map((client) => [client.client_id, knownMetadata(client)])) };
}

const byDay = (perDay: number) => ({ perSession: undefined, perMinute: undefined, perDay });

/** The seconds until the oldest of some times is 24 hours ago. */
function secondsUntilRoom([oldest = 0]: readonly number[], nowMs: number): number {
  return Math.max(1, Math.ceil((oldest + DAY_MS - nowMs) / 1000));
}

function blocked(): Error {
  const error = new errors.UnauthorizedClient("this client was blocked by who runs the server");
  // Nothing is sent to the address of a client that was blocked.
  error.allow_redirect = false;
  return error;
}

/** The metadata of a client of serve.json. It is native where a code goes to a program, so that its port may vary. */
function knownMetadata({ client_id, name, redirect_uris }: KnownClient): AdapterPayload {
  const kinds = redirect_uris.map((uri) => {
    const kind = givenRedirectKind(uri);
    if (kind !== undefined) return kind;
    throw new OktaMcpError(
      "bad_config",
      `The client ${visible(client_id)} has no right redirect URI: ${visible(uri)}`,
      { fix: `In serve.json use ${RIGHT_REDIRECTS}.` },
    );
  });
  return {
    client_id,
    client_name: name,
    redirect_uris: [...redirect_uris],
    application_type: kinds.every((kind) => kind === "https") ? "web" : "native",
    response_modes: ["query"],
    token_endpoint_auth_method: "none",
  };
}
