import { MASK } from "../text/secrets.js";
import type { ApiExchanged } from "./api-exchange.js";
import type { ApiAuthorization } from "./api-identity.js";

/** Anything shorter is no key, and occurs in many words. */
const MIN_CHARS = 6;

/**
 * An answer without the key or the token that its request carried. Pages for errors, redirects and links to further pages
 * often repeat the address or the headers of a request, and a model must not see who calls by what.
 */
export function withoutCarried(answer: ApiExchanged, authorization: ApiAuthorization | undefined): ApiExchanged {
  const secrets = authorization === undefined ? [] : secretsOf(authorization);
  if (secrets.length === 0) return answer;
  const headers = new Headers();
  for (const [name, value] of answer.headers) headers.append(name, inText(value, secrets));
  return { ...answer, headers, content: answer.content && inBytes(answer.content, secrets) };
}

/** What is carried, in the forms in which an answer may repeat it: as it is, and as a part of an address or of JSON. */
function secretsOf({ headers, query }: ApiAuthorization): string[] {
  const carried = [...Object.values(headers).map(withoutScheme), ...Object.values(query)];
  const forms = carried
    .filter((text) => text.length >= MIN_CHARS)
    .flatMap((text) => [
      text,
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
      text.replaceAll("/", "\\/"),
    ]);
  return [...new Set(forms)].sort((one, other) => other.length - one.length);
}

const withoutScheme = (value: string) => value.replace(/^(?:Bearer|DPoP|Basic|SSWS) /i, "");

function inText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
}

/** Bytes are compared, since a content may be of any type. */
function inBytes(content: Buffer, secrets: readonly string[]): Buffer {
  const found = secrets.filter((secret) => content.includes(secret));
  return found.reduce((bytes, secret) => {
    const parts: Buffer[] = [];
    const length = Buffer.byteLength(secret);
    let from = 0;
    for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, from)) {
      parts.push(bytes.subarray(from, at), Buffer.from(MASK));
      from = at + length;
    }
    return Buffer.concat([...parts, bytes.subarray(from)]);
  }, content);
}
