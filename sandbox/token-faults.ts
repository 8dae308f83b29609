import type { KeyRing } from "./key-ring.js";

/** The kinds of tokens that are JWTs. */
export type JwtKind = "access_token" | "id_token";

/** One wrong thing about a token that the org issues. */
export interface TokenFault {
  /** Changes the claims before they are signed: another `nonce`, `aud`, `iss`, `sub`, no `email_verified` … */
  claims?: (claims: Record<string, unknown>) => Record<string, unknown>;
  /** `stranger`: another key signed it. `broken`: its last part is cut. `none`: it is not signed (RFC 7519, section 6). */
  signature?: "stranger" | "broken" | "none";
}

/** Faults of the tokens that an org issues, by script. */
export interface TokenFaults {
  /** Applies a fault to the next token of this kind, or to the next `times`. */
  next(kind: JwtKind, fault: TokenFault & { times?: number }): void;
  /** The seconds by which the clock of the issuer is ahead; negative where it is behind. */
  skewSeconds: number;
  /** Signs the claims of a token, spoiled by the next fault where there is one. */
  sign(keys: KeyRing, kind: JwtKind, claims: Record<string, unknown>, typ?: string): Promise<string>;
  /** Forgets all faults and the skew. */
  clear(): void;
}

const TIMES = ["iat", "exp", "auth_time"];

export function createTokenFaults(): TokenFaults {
  let waiting: { kind: JwtKind; fault: TokenFault; left: number }[] = [];

  function take(kind: JwtKind): TokenFault {
    const found = waiting.find((entry) => entry.kind === kind);
    if (found === undefined) return {};
    found.left -= 1;
    if (found.left <= 0) waiting = waiting.filter((entry) => entry !== found);
    return found.fault;
  }

  const faults: TokenFaults = {
    next: (kind, { times = 1, ...fault }) => void waiting.push({ kind, fault, left: times }),
    skewSeconds: 0,
    async sign(keys, kind, given, typ) {
      const skewed = Object.entries(given).map(([name, value]) =>
        TIMES.includes(name) && typeof value === "number" ? [name, value + faults.skewSeconds] : [name, value],
      );
      const { claims: change = (claims) => claims, signature } = take(kind);
      const claims = change(Object.fromEntries(skewed));
      switch (signature) {
        case "stranger":
          return keys.signAsStranger(claims, typ);
        case "broken":
          return (await keys.sign(claims, typ)).slice(0, -10);
        case "none":
          return `${encoded({ alg: "none", ...(typ !== undefined && { typ }) })}.${encoded(claims)}.`;
        default:
          return keys.sign(claims, typ);
      }
    },
    clear() {
      waiting = [];
      faults.skewSeconds = 0;
    },
  };
  return faults;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
