import { domainToASCII, domainToUnicode } from "node:url";

/** The longest name of a host (RFC 1035, section 2.3.4). */
const MAX_DOMAIN_CHARS = 253;

/** The parts of a name in ASCII (RFC 1123, section 2.1), with a dot between them and at least one dot. */
const ASCII_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Letters, digits and marks of any script, dots and hyphens. Everything else would end the name for a parser of URLs. */
const ANY_NAME = /^[\p{L}\p{N}\p{M}.-]+$/u;

/**
 * A domain in the one form in which domains are compared: lower case, in ASCII (RFC 5891, section 4).
 * @returns undefined for what is no domain, and for one that only looks like the domain that it would become
 */
export function plainDomain(given: string): string | undefined {
  if (given.length > MAX_DOMAIN_CHARS || !ANY_NAME.test(given)) return undefined;
  const lower = given.toLowerCase();
  if (ASCII_NAME.test(lower)) return lower;
  const ascii = domainToASCII(lower);
  // The conversion also turns letters of full width, ligatures and other dots into plain ones.
  if (!ASCII_NAME.test(ascii) || domainToUnicode(ascii) !== lower.normalize("NFC")) return undefined;
  return ascii;
}

/** What a sign-in says of an e-mail address. */
export interface ToldAddress {
  email: string | undefined;
  /** True only where the claim `email_verified` is the value true. */
  emailVerified: boolean;
}

/**
 * True for a verified address whose domain is one of these, exactly: neither a domain below nor one that ends alike.
 * @param domains as `plainDomain` makes them; an empty list trusts every address and its absence
 */
export function isTrustedAddress({ email, emailVerified }: ToldAddress, domains: readonly string[]): boolean {
  if (domains.length === 0) return true;
  if (!emailVerified || email === undefined) return false;
  // A local part in quotation marks may have another @ in it, so that programs disagree about the domain.
  const [local = "", domain = "", ...more] = email.split("@");
  if (local === "" || more.length > 0) return false;
  const plain = plainDomain(domain);
  return plain !== undefined && domains.includes(plain);
}
