import type { webcrypto } from "node:crypto";
import { type ClientAuth, modifyAssertion, PrivateKeyJwt } from "oauth4webapi";
import type { ServerClock } from "../net/server-clock.js";
import type { PrivateKey } from "./private-key.js";

/** Okta takes up to an hour; this much makes up for a clock that is a little behind. */
const LIFETIME_SECONDS = 300;

/**
 * Proves at one endpoint who the app is, by a signed assertion (RFC 7523, sections 2.2 and 3). Each
 * result makes a fresh one, with a `jti` of its own, whenever it is used.
 *
 * @param endpoint the URL that is called; Okta wants exactly this as the audience
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
        // Okta asks for neither, and both fail an assertion when this clock is a moment ahead.
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
