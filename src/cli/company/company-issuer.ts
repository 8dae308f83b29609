import type { IncomingMessage } from "node:http";
import type Provider from "oidc-provider";
import type { JWK } from "oidc-provider";
import { AddressLimits } from "../../issuer/address-limits.js";
import { ClientDirectory } from "../../issuer/client-directory.js";
import { DOCUMENT_TIMEOUT_MS, MAX_DOCUMENT_BYTES } from "../../issuer/client-documents.js";
import { GrantEndings } from "../../issuer/grant-endings.js";
import { oidcAdapter } from "../../issuer/oidc-adapter.js";
import { createIssuer, type IssuerOptions } from "../../issuer/provider.js";
import type { Log } from "../../log.js";
import { createPublicFetch, type PublicFetch } from "../../net/public-fetch.js";
import type { ServeFile } from "../../people/serve-fields.js";
import type { Store } from "../../store/open-store.js";
import type { OrgRevocations } from "../../upstream/org-revocations.js";
import type { Watch } from "../../watch/observer.js";
import { showIssuerError } from "../../web/issuer-errors.js";

export interface CompanyIssuerOptions extends Pick<IssuerOptions, "askOrg" | "canAskOrg"> {
  content: ServeFile;
  /** The clients of serve.json at this moment. */
  knownClients(): ServeFile["clients"];
  publicUrl: string;
  resource: string;
  /** The org's address. */
  orgUrl: string;
  revocations: OrgRevocations;
  store: Store;
  watch: Pick<Watch, "observer">;
  /** The way to the documents of clients. Only tests have another than the one to public addresses. */
  fetchDocument?: PublicFetch | undefined;
  /** The address from which a request comes. */
  addressOf(request: IncomingMessage): string;
  log: Log;
  now: () => number;
}

/**
 * Puts our own authorization server together with what it keeps, and with the org's, where tokens end too.
 * @returns the authorization server as of this moment: one with other keys takes its place
 */
export async function companyIssuer(options: CompanyIssuerOptions): Promise<() => Provider> {
  const { content, publicUrl, resource, orgUrl, revocations, store, addressOf, watch, log, now } = options;
  const { hosts, schemes, dynamic, documents, document_hosts } = content.registration;
  const { oauth_per_address, registrations_per_address, registrations_in_all } = content.limits;
  const endings = new GrantEndings({ store, revocations });
  const clients = new ClientDirectory({
    store,
    known: options.knownClients,
    registrations: { perAddress: registrations_per_address, inAll: registrations_in_all },
    addressOf,
    now,
  });
  const fixed: Omit<IssuerOptions, keyof IssuerKeys> = {
    publicUrl,
    resource,
    adapter: (kind) => oidcAdapter({ storage: store.oidc, once: store.once, clients, endings, now }, kind),
    clients,
    redirects: { hosts, schemes },
    dynamic,
    allowDocument: documents ? ({ host }) => document_hosts?.includes(host) ?? true : undefined,
    fetchDocument:
      options.fetchDocument ?? createPublicFetch({ maxBytes: MAX_DOCUMENT_BYTES, timeoutMs: DOCUMENT_TIMEOUT_MS }),
    limits: new AddressLimits({ perMinute: oauth_per_address, now }),
    addressOf,
    askOrg: options.askOrg,
    canAskOrg: options.canAskOrg,
    observer: watch.observer,
    isActive: async (id) => (await store.people.find(id))?.status === "active",
    showError: showIssuerError(new URL(orgUrl).host),
    log,
  };
  return issuerOfTheMoment(store, fixed);
}

type IssuerKeys = Pick<IssuerOptions, "signingKeys" | "cookieKeys">;

/**
 * The library takes its keys when it is made. One with the keys of the moment takes the place of the one before, whose
 * requests come to their end; what it has given out is in the store.
 */
async function issuerOfTheMoment(store: Store, fixed: Omit<IssuerOptions, keyof IssuerKeys>): Promise<() => Provider> {
  const keysNow = async (): Promise<IssuerKeys> => ({
    signingKeys: (await store.signing.keySet()) as JWK[],
    cookieKeys: store.subKeys("cookies").map((key) => Buffer.from(key).toString("base64url")),
  });
  let keys = await keysNow();
  let provider = createIssuer({ ...fixed, ...keys });
  store.keys.onRefresh(async () => {
    const next = await keysNow();
    if (JSON.stringify(next) === JSON.stringify(keys)) return;
    keys = next;
    provider = createIssuer({ ...fixed, ...keys });
    fixed.log.info("the authorization server has other keys now", {
      published: keys.signingKeys.map(({ kid }) => kid),
    });
  });
  return () => provider;
}
