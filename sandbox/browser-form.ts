import { createHmac, randomBytes } from "node:crypto";
import type { SandboxRequest } from "./route.js";
import { sameText } from "./same-text.js";

/** The proof that a form comes from a page that this browser was shown, so that no other page can act for a person. */
export interface BrowserForms {
  /** The browser of a request; a new one where it has no cookie yet. */
  browserOf(request: SandboxRequest): string;
  /** The value of `Set-Cookie` that makes the browser known. */
  cookie(browser: string): string;
  /** The value of the page's field `csrf_token`. It is good for one subject in one browser. */
  token(subject: string, browser: string): string;
  /** True where the form of a request carries that value, from that browser. */
  proven(request: SandboxRequest, subject: string): boolean;
}

/** @param attributes of the cookie besides `HttpOnly` */
export function createBrowserForms(name: string, attributes: string): BrowserForms {
  const secret = randomBytes(32);
  const token = (subject: string, browser: string) =>
    createHmac("sha256", secret).update(`${subject} ${browser}`).digest("base64url");
  return {
    browserOf: (request) => cookieOf(request, name) ?? randomBytes(18).toString("base64url"),
    cookie: (browser) => `${name}=${browser}; ${attributes}; HttpOnly`,
    token,
    proven(request, subject) {
      const browser = cookieOf(request, name);
      return browser !== undefined && sameText(request.form.get("csrf_token") ?? "", token(subject, browser));
    },
  };
}

/** The value of a request's cookie. */
export function cookieOf(request: Pick<SandboxRequest, "headers">, name: string): string | undefined {
  const cookies = (request.headers.get("cookie") ?? "").split(/;\s*/);
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}
