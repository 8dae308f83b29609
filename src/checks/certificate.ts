import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { OktaMcpError } from "../errors/index.js";
import { pemText } from "../files/file-text.js";
import { quoteOkta } from "../text/quote.js";
import { pemBlocks } from "./pem.js";

/** A certificate, its chain and its private key. */
export interface CertificateFiles {
  /** PEM text of the one certificate. */
  certificate: string;
  /** PEM text of its issuers, the nearest first. */
  chain: string;
  /** The text of the private key's file. */
  privateKey: string;
  /** The host name that the certificate has to cover, e.g. `login.acme.com`; data from the org. */
  host: string;
}

/** Sizes of an RSA key in bits (Management API, operation `upsertCertificate`). */
const KEY_BITS: readonly unknown[] = [2048, 3072, 4096];

const ADVICE = {
  decrypt:
    "Write it without a passphrase, `openssl pkey -in key.pem -out plain.pem`, to a file that only you can read in an allowed folder.",
  key: "Give the PEM file of the private key with which the certificate was ordered.",
  keyType: "Order a certificate for an RSA key of 2048, 3072 or 4096 bits.",
  certificate:
    "Give the server's certificate alone, line by line from -----BEGIN CERTIFICATE----- to the one with END.",
  chain:
    "Give the issuers' certificates as PEM text, line by line: first the one that issued the certificate, then the one that issued that.",
  renew: "Renew the certificate, and give the new one with its chain.",
  host: "Give the certificate that was ordered for this name, or choose another custom domain.",
  later: "Wait until then, or give the certificate that is in use now.",
};

function refuse(why: string, fix: string): OktaMcpError {
  return new OktaMcpError("bad_input", `No certificate was sent to Okta. ${why}`, { fix });
}

/**
 * Checks a certificate, its chain and its private key before anything is sent. They have to belong together, to be in
 * date, and to be what Okta accepts for `host`. The chain may begin with the certificate itself, as a "full chain"
 * does, and end with the root.
 * @param nowMs epoch milliseconds
 * @returns the PEM blocks to send, without the text around them
 * @throws OktaMcpError bad_input; never with key material
 */
export function checkCertificate(
  { certificate, chain, privateKey, host }: CertificateFiles,
  nowMs: number,
): Omit<CertificateFiles, "host"> {
  const [own, all] = [pemText(certificate), pemText(chain)];
  const [leaf, ...others] = parse(own, "certificate", ADVICE.certificate);
  if (!leaf || others.length > 0) {
    throw refuse(
      `The certificate has to be one PEM certificate, not ${others.length + (leaf ? 1 : 0)}.`,
      ADVICE.certificate,
    );
  }
  const { block, key } = keyIn(pemText(privateKey));
  checkKey(leaf, key);
  checkDates(leaf, "The certificate", nowMs);
  if (leaf.ca) throw refuse("The certificate is that of a certificate authority, not of a server.", ADVICE.certificate);
  if (!leaf.checkHost(host)) throw refuse(`The certificate is not for ${quoteOkta(host)}.`, ADVICE.host);
  const issuers = parse(all, "certificate chain", ADVICE.chain);
  if (issuers[0]?.fingerprint256 === leaf.fingerprint256) issuers.shift();
  checkChain(leaf, issuers, nowMs);
  return { certificate: blocksOf(own), chain: blocksOf(all), privateKey: block };
}

/** The certificates of a text, each as its PEM block. */
function certificatesIn(pem: string): string[] {
  return pemBlocks(pem, (label) => label === "CERTIFICATE").map(({ whole }) => whole);
}

/** The certificates of a text, as one text. */
function blocksOf(pem: string): string {
  return certificatesIn(pem)
    .map((block) => `${block}\n`)
    .join("");
}

function parse(pem: string, what: string, fix: string): X509Certificate[] {
  const blocks = certificatesIn(pem);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    throw refuse(`The ${what} holds a PEM block that is no X.509 certificate.`, fix);
  }
}

function keyIn(text: string): { block: string; key: KeyObject } {
  const blocks = pemBlocks(text, (label) => /(?:^| )PRIVATE KEY$/.test(label));
  const [found] = blocks;
  if (!found) throw refuse("The private key file holds no PEM private key.", ADVICE.key);
  if (blocks.length > 1) throw refuse(`The private key file holds ${blocks.length} private keys.`, ADVICE.key);
  const { whole: block, label } = found;
  if (label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type:.*\bENCRYPTED/m.test(block)) {
    throw refuse("The private key is encrypted with a passphrase.", ADVICE.decrypt);
  }
  try {
    return { block: `${block}\n`, key: createPrivateKey(block) };
  } catch {
    // The cause may quote the key, so it goes no further.
    throw refuse("The private key file holds a PEM private key that cannot be read.", ADVICE.key);
  }
}

function checkKey(leaf: X509Certificate, key: KeyObject): void {
  if (!leaf.checkPrivateKey(key)) throw refuse("The private key does not belong to the certificate.", ADVICE.key);
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType === "rsa" && KEY_BITS.includes(bits)) return;
  const type = `${key.asymmetricKeyType ?? "unknown"}${bits === undefined ? "" : ` of ${bits} bits`}`;
  throw refuse(`Okta takes RSA keys of 2048, 3072 and 4096 bits; this one is ${type}.`, ADVICE.keyType);
}

/** Checks that each certificate of a chain issued the one before it. */
function checkChain(leaf: X509Certificate, issuers: readonly X509Certificate[], nowMs: number): void {
  if (issuers.length === 0) throw refuse("The certificate chain holds no certificate of an issuer.", ADVICE.chain);
  let subject = leaf;
  for (const [index, issuer] of issuers.entries()) {
    const name = `Certificate ${index + 1} of the chain`;
    if (!issued(subject, issuer)) {
      const elsewhere = issuers.some((other) => issued(subject, other));
      throw refuse(
        `${name} did not issue ${index === 0 ? "the certificate" : "the one before it"}: the chain ${elsewhere ? "is in the wrong order" : "belongs to another certificate or has a gap"}.`,
        ADVICE.chain,
      );
    }
    checkDates(issuer, name, nowMs);
    subject = issuer;
  }
}

/** True where the names, the key ids and the signature fit. */
function issued(subject: X509Certificate, issuer: X509Certificate): boolean {
  return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

function checkDates(certificate: X509Certificate, name: string, nowMs: number): void {
  const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (nowMs < fromMs) throw refuse(`${name} is valid only from ${inWords(fromMs)} on.`, ADVICE.later);
  if (!(nowMs <= toMs)) throw refuse(`${name} has expired on ${inWords(toMs)}.`, ADVICE.renew);
}

function inWords(epochMs: number): string {
  return Number.isNaN(epochMs)
    ? "an unknown day"
    : `${new Date(epochMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
