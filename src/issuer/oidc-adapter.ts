import Provider, { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import type { OidcPayload, OidcStorage } from "../store/oidc-storage.js";
import type { UsedOnce } from "../store/used-once.js";
import type { ClientDirectory } from "./client-directory.js";
import type { GrantEnd, GrantEndings } from "./grant-endings.js";

export interface OidcAdapterParts {
  storage: OidcStorage;
  once: UsedOnce;
  clients: ClientDirectory;
  endings: GrantEndings;
  /** Epoch milliseconds. */
  now(): number;
}

/** The storage of one kind of thing for oidc-provider, e.g. `RefreshToken`. */
export function oidcAdapter(parts: OidcAdapterParts, kind: string): Adapter {
  if (kind === "Client") return parts.clients.adapter();
  if (kind === "ReplayDetection") return replayAdapter(parts);
  return storageAdapter(parts, kind);
}

/** The refresh token in whose place the running request gives out another. */
function rotatedRefreshToken(): string | undefined {
  return Provider.ctx?.oidc.entities.RotatedRefreshToken?.jti;
}

/** Why the running request ends a grant. */
function whyItEnds(): GrantEnd {
  const { route, params } = Provider.ctx?.oidc ?? {};
  if (route !== "token") return "revoked";
  return params?.grant_type === "refresh_token" ? "refresh_token_reused" : "code_reused";
}

/**
 * What the library checks and then does in two steps, the store does in one, so that of several requests at once exactly
 * one has a code.
 */
function storageAdapter({ storage, endings }: OidcAdapterParts, kind: string): Adapter {
  const asPayload = (found: { payload: OidcPayload; isUsedUp: boolean } | undefined): AdapterPayload | undefined =>
    found && ({ ...found.payload, ...(found.isUsedUp ? { consumed: true } : {}) } as AdapterPayload);
  return {
    async upsert(id, payload, expiresInSeconds) {
      const predecessor = kind === "RefreshToken" ? rotatedRefreshToken() : undefined;
      const { consumed: _, ...kept } = payload;
      await storage.upsert(kind, id, kept as OidcPayload, expiresInSeconds, predecessor);
    },
    find: async (id) => asPayload(await storage.find(kind, id)),
    findByUid: async (uid) => asPayload(await storage.findByUid(kind, uid)),
    findByUserCode: async (userCode) => asPayload(await storage.findByUserCode(kind, userCode)),
    async consume(id) {
      const consumed = await storage.consume(kind, id);
      if (consumed === "first" || consumed === "again") return;
      // Whoever comes second may have stolen it (RFC 6749, section 4.1.2; RFC 9700, section 4.14).
      const grantId = (await storage.find(kind, id))?.payload.grantId;
      if (typeof grantId === "string") await endings.end(grantId, whyItEnds());
      throw new errors.InvalidGrant("it was used already");
    },
    destroy: (id) => (kind === "Grant" ? endings.end(id, whyItEnds()) : storage.destroy(kind, id)),
    revokeByGrantId: (grantId) => storage.revokeByGrantId(grantId, kind),
  };
}

/** The longest life of a client's assertion, so that its use need not be remembered for years. */
const MAX_ASSERTION_SECONDS = 3_600;

/** Has each signed assertion of a client count once (RFC 7523, section 3), among all who share the store. */
function replayAdapter({ once, now }: OidcAdapterParts): Adapter {
  const notKept = async () => {};
  return {
    async upsert(id, _payload, expiresInSeconds = Number.POSITIVE_INFINITY) {
      if (!(expiresInSeconds <= MAX_ASSERTION_SECONDS)) {
        throw new errors.InvalidClientAuth("a client assertion lives an hour at most");
      }
      if (await once.claim("client_assertion", id, now() + expiresInSeconds * 1000)) return;
      throw new errors.InvalidClientAuth("client assertions count once");
    },
    // The claim decides, so a look before it has nothing to tell.
    find: async () => undefined,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: notKept,
    destroy: notKept,
    revokeByGrantId: notKept,
  };
}
