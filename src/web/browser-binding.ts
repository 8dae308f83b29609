import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Reads one cookie of a request (RFC 6265, section 4.2). */
function cookieIn(header: string | null, name: string): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const [key = "", value = ""] = pair.split("=", 2);
    if (key.trim() === name) return value.trim();
  }
  return undefined;
}

/** A text of 256 random bits. */
export function randomText(): string {
  return randomBytes(32).toString("base64url");
}

/** A cookie's value of ours. Everything else that a browser may send is none. */
const VALUE = /^[\w-]{43}$/;

/**
 * Knows a browser again by a random cookie, and knows that a form was shown to it. It says nothing of who sits in front
 * of the browser.
 */
export class BrowserBinding {
  readonly #isHttps: boolean;
  readonly #keys: () => readonly Uint8Array[];
  readonly #publicUrl: URL;

  /** @param keys those of the tokens of forms at this moment, 32 bytes each; the first is in use, all count */
  constructor(publicUrl: URL, keys: () => readonly Uint8Array[]) {
    this.#publicUrl = publicUrl;
    this.#isHttps = publicUrl.protocol === "https:";
    this.#keys = keys;
  }

  /** The name of a cookie. With https no other host and no path can set one of this name. */
  nameOf(name: string): string {
    return this.#isHttps ? `__Host-${name}` : name;
  }

  /** The value of one of our cookies; undefined where the browser has none. */
  read(headers: Headers, name: string): string | undefined {
    const value = cookieIn(headers.get("cookie"), this.nameOf(name));
    return value !== undefined && VALUE.test(value) ? value : undefined;
  }

  /** The header that sets one of our cookies; without a life it ends with the browser. */
  set(name: string, value: string, lifeSeconds?: number): string {
    const life = lifeSeconds === undefined ? "" : `; Max-Age=${lifeSeconds}`;
    return `${this.nameOf(name)}=${value}; Path=/; HttpOnly; SameSite=Lax${this.#isHttps ? "; Secure" : ""}${life}`;
  }

  /** The token of a form, for one browser and one purpose. */
  formToken(browser: string, purpose: string): string {
    const [token] = this.#formTokens(browser, purpose);
    if (token === undefined) throw new TypeError("forms need a key");
    return token;
  }

  /** True for a form that this server showed to this browser for this purpose, and that was sent from its own page. */
  isOwnForm(headers: Headers, browser: string | undefined, purpose: string, token: unknown): boolean {
    if (browser === undefined || typeof token !== "string") return false;
    const given = Buffer.from(token);
    const isOurs = this.#formTokens(browser, purpose).some((text) => {
      const expected = Buffer.from(text);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return isOurs && this.isOwnPage(headers);
  }

  /** False for a form that another page sent, as far as the browser tells (Fetch Metadata; RFC 6454). */
  isOwnPage(headers: Headers): boolean {
    const site = headers.get("sec-fetch-site");
    if (site !== null && site !== "same-origin") return false;
    const origin = headers.get("origin");
    return origin === null || origin === this.#publicUrl.origin;
  }

  #formTokens(browser: string, purpose: string): string[] {
    const text = `${purpose} ${browser}`;
    return this.#keys().map((key) => createHmac("sha256", key).update(text).digest("base64url"));
  }
}
