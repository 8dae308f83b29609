import type { JWK } from "jose";
import { createSigner, type Signer } from "./signer.js";

/** The signing keys of one authorization server: one signs, and all published ones verify. */
export interface KeyRing {
  /** The published keys, the signing one first (RFC 7517). */
  published(): Promise<{ keys: JWK[] }>;
  /** A JWT signed with the present key. */
  sign(claims: Record<string, unknown>, typ?: string): Promise<string>;
  /** A JWT that a key signed which was never published, under the id of the present key. */
  signAsStranger(claims: Record<string, unknown>, typ?: string): Promise<string>;
  /**
   * Signs with a new key from now on. The keys before stay published.
   * @param publish false where the new key is not published, as an org's answer may lag behind
   * @returns the id of the new key
   */
  rotate(publish?: boolean): Promise<string>;
  /** Publishes the present key alone from now on. */
  dropOldKeys(): void;
  /** Publishes a key that signs nothing, also one of a type that nobody knows. It comes before all others. */
  publishAlso(jwk: JWK): void;
}

/** A key ring whose first key is made when it is needed, by `make`. */
export function createKeyRing(make: () => Promise<Signer> = createSigner): KeyRing {
  let current: Promise<Signer> | undefined;
  let stranger: Promise<Signer> | undefined;
  let older: Promise<Signer>[] = [];
  let hidden: Promise<Signer> | undefined;
  const foreign: JWK[] = [];

  const present = () => {
    current ??= make();
    return current;
  };

  return {
    async published() {
      const signers = await Promise.all([present(), ...older].filter((signer) => signer !== hidden));
      return { keys: [...foreign, ...signers.map(({ publicJwk }) => publicJwk)] };
    },
    sign: async (claims, typ) => (await present()).sign(claims, typ),
    async signAsStranger(claims, typ) {
      stranger ??= createSigner();
      const [, payload, signature] = (await (await stranger).sign(claims, typ)).split(".");
      // The header is that of the present key, so that a verifier looks the right key up and then finds another's hand.
      const [header] = (await (await present()).sign(claims, typ)).split(".");
      return [header, payload, signature].join(".");
    },
    async rotate(publish = true) {
      older = [present(), ...older];
      current = createSigner();
      hidden = publish ? undefined : current;
      return String((await current).publicJwk.kid);
    },
    dropOldKeys() {
      older = [];
      hidden = undefined;
    },
    publishAlso: (jwk) => void foreign.unshift(jwk),
  };
}
