import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { customDomainArea, type NewCustomDomain } from "../../sandbox/state/custom-domain-store.js";
import { type ConnectOptions, connect } from "./client.js";

export const HOST = "login.acme-robotics.example";
/** A time at which the certificates of the fixtures are valid, in epoch milliseconds. */
export const IN_DATE = () => Date.parse("2030-01-01T00:00:00Z");

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/certificates/${name}`, import.meta.url));
/** The text of a certificate or key of the fixtures. */
export const pem = (name: string) => readFileSync(fixture(name), "utf8");
export const certificate = pem("leaf.pem");
export const certificate_chain = pem("intermediate.pem");

/**
 * Prepares custom domains for the tests of one file: a folder `keys` that is allowed, a folder `elsewhere` that is not,
 * and `withDomain`, which opens an org with one custom domain.
 */
export function customDomains() {
  const base = mkdtempSync(join(tmpdir(), "okta-mcp-domains-"));
  const keys = mkdtempSync(join(base, "keys-"));
  const elsewhere = mkdtempSync(join(base, "elsewhere-"));
  const keyFile = join(keys, "login.key");

  beforeAll(() => {
    copyFileSync(fixture("leaf.key"), keyFile);
    copyFileSync(fixture("leaf.key"), join(elsewhere, "login.key"));
    symlinkSync(join(elsewhere, "login.key"), join(keys, "link.key"));
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  /** Opens an org with one custom domain, which is verified by default. */
  async function withDomain(given: Partial<NewCustomDomain> = {}, options: ConnectOptions = {}) {
    const connected = await connect({ fileRoots: [keys], now: IN_DATE, ...options });
    const { org, writes } = connected;
    const store = org.area(customDomainArea);
    const domain = store.add({ domain: HOST, certificateSourceType: "MANUAL", validationStatus: "VERIFIED", ...given });
    const path = `/api/v1/domains/${domain.id}`;
    const upsert = { domain_id: domain.id, certificate, certificate_chain, private_key_file_path: keyFile };
    return { ...connected, store, domain, domain_id: domain.id, path, upsert, since: () => writes() };
  }

  return { keys, elsewhere, keyFile, withDomain };
}
