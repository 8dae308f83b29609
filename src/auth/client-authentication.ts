import type { webcrypto } from "node:crypto";
import { type ClientAuth, ClientSecretBasic, modifyAssertion, None, PrivateKeyJwt } from "oauth4webapi";
import type { ServerClock } from "../net/server-clock.js";
import type { PrivateKey } from "./private-key.js";

/** The life of an assertion. Okta takes up to an hour; five minutes allow for a clock that is a little behind. */
const LIFETIME_SECONDS = 300;

/** An app, and how it proves its identity: by its key, by a secret, or as a public client not at all. */
export interface AppCredentials {
  clientId: string;
  privateKey?: PrivateKey | undefined;
  clientSecret?: string | undefined;
}

/** The proof of an app's identity at one endpoint (RFC 6749, section 2.3). A key counts before a secret. */
export async function clientAuthentication(
  { clientId, privateKey, clientSecret, clock }: AppCredentials & { clock: ServerClock },
  endpoint: string,
): Promise<ClientAuth> {
  if (privateKey !== undefined) return clientAssertion(privateKey, clientId, endpoint, clock);
  return clientSecret === undefined ? None() : ClientSecretBasic(clientSecret);
}

/**
 * Proves the app's identity at one endpoint with a signed assertion (RFC 7523, sections 2.2 and 3). Each use of the
 * result makes a new assertion, with its own `jti`.
 *
 * @param endpoint the called URL; Okta requires exactly this as the audience
 */
export async function clientAssertion(
  { key, alg, kid }: PrivateKey,
  clientId: string,
  endpoint: string,
  clock: ServerClock,
): Promise<ClientAuth> {
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  const signingKey = await crypto.subtle.importKey("pkcs8", pkcs8, subtleAlgorithm(alg), false, ["sign"]);
  return PrivateKeyJwt(
    { key: signingKey, kid },
    {
      [modifyAssertion](_header, payload) {
        payload.iss = clientId;
        payload.sub = clientId;
        payload.aud = endpoint;
        payload.exp = Math.floor(clock.now() / 1000) + LIFETIME_SECONDS;
        // Okta requires neither claim, and both make an assertion fail when this clock is a moment ahead.
        payload.iat = undefined;
        payload.nbf = undefined;
      },
    },
  );
}

function subtleAlgorithm(alg: PrivateKey["alg"]): webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams {
  const bits = alg.slice(2);
  if (alg.startsWith("ES")) return { name: "ECDSA", namedCurve: bits === "512" ? "P-521" : `P-${bits}` };
  return { name: alg.startsWith("PS") ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: `SHA-${bits}` };
}
