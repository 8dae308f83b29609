import { createHash } from "node:crypto";
import { visible } from "../text/quote.js";

/** What the page says on which a browser ends a sign-in. Its texts may come from outside. */
export interface ReturnPage {
  /** False where the person is not signed in. */
  isDone: boolean;
  title: string;
  text: string;
}

const STYLE =
  ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}main{max-width:36rem;margin:15vh auto 0;padding:0 1.5rem}h1{font-size:1.4rem}";

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** The headers of every answer to the browser: no script, no frame, nothing kept, nothing told to the next page. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'`,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
};

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

/** The page as HTML. It has no script, and its texts are escaped. */
export function returnPage({ title, text }: ReturnPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} - okta-mcp</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
</main>
</body>
</html>
`;
}
