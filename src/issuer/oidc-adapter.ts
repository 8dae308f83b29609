import Provider, { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import type { OidcPayload, OidcStorage } from "../store/oidc-storage.js";

/** The refresh token in whose place the running request gives out another. */
function rotatedRefreshToken(): string | undefined {
  return Provider.ctx?.oidc.entities.RotatedRefreshToken?.jti;
}

/**
 * The storage of one kind of thing for oidc-provider. What the library checks and then does in two steps, the store
 * does in one, so that of several requests at once exactly one has a code.
 */
export function oidcAdapter(storage: OidcStorage, kind: string): Adapter {
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
      if (typeof grantId === "string") await storage.revokeByGrantId(grantId);
      throw new errors.InvalidGrant("it was used already");
    },
    destroy: (id) => storage.destroy(kind, id),
    revokeByGrantId: (grantId) => storage.revokeByGrantId(grantId, kind),
  };
}
