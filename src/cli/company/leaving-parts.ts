import { IssuerKeys } from "../../auth/issuer-keys.js";
import { AddressLimits } from "../../issuer/address-limits.js";
import { HookSecrets } from "../../people/hook-secrets.js";
import type { ServeFile } from "../../people/serve-fields.js";
import { CheckHints } from "../../upstream/check-hints.js";
import { Departures } from "../../upstream/departures.js";
import type { OktaLogin } from "../../upstream/okta-login.js";
import { OrgRevocations, type OrgRevocationsOptions } from "../../upstream/org-revocations.js";
import { PeopleWatch } from "../../upstream/people-watch.js";
import type { PersonChecks } from "../../upstream/person-checks.js";
import { RevocationTokens } from "../../verify/revocation-tokens.js";
import type { TokenHolder } from "../../verify/token-verifier.js";
import { REVOCATION_PATH } from "../../web/okta-paths.js";
import { OktaSignals } from "../../web/okta-signals.js";
import { RefusalRecord } from "../../web/refusal-record.js";
import type { PageRoutes } from "../../web/web-server.js";
import type { CompanyParts } from "./company-parts.js";

/** What ends people's access, here and at the org. */
export interface LeavingParts {
  departures: Departures;
  revocations: OrgRevocations;
}

/** What one address may send to these endpoints within any minute, in all and with a wrong secret. */
const REVOCATIONS_PER_MINUTE = 600;
const WRONG_SECRETS_PER_MINUTE = 60;

/** The time for which it counts what Okta said last of a person, where it does not answer. */
export function maxAgeMs({ leaving }: ServeFile): number {
  return leaving.max_age_minutes * 60_000;
}

/**
 * Tells whether Okta has not said for too long that a caller is there, and in which groups. It is never so where nothing
 * asks Okta by itself: a token is all that is known there.
 */
export function inDoubt({ content, directory, now }: CompanyParts): (caller: TokenHolder) => boolean {
  const asks = directory !== undefined && content.leaving.poll_seconds > 0;
  return ({ person, machineRole, grantId, issuedAtMs, hasOldGroups }) => {
    if (machineRole !== undefined) return false;
    if (hasOldGroups === true) return true;
    // A sign-in here and a token of Okta's say so too.
    const told = [person.checkedAtMs, grantId === undefined ? issuedAtMs : person.groupsAtMs];
    const toldAtMs = Math.max(...told.map((atMs) => atMs ?? Number.NEGATIVE_INFINITY));
    return asks && now() - toldAtMs > maxAgeMs(content);
  };
}

/** Puts together how access ends. @param login undefined where there is no web app, and so no token of anybody's */
export function leavingParts({ store, apis, log }: CompanyParts, login: OktaLogin | undefined): LeavingParts {
  const revoke: OrgRevocationsOptions["revoke"] =
    login &&
    (({ token, kind, api }) => (api === undefined ? login.revoke(token, kind) : apis.revoke(api, token, kind)));
  const revocations = new OrgRevocations({ store, revoke, log });
  return { revocations, departures: new Departures({ store, revocations }) };
}

/** Puts together how this server learns that somebody has left: what Okta tells by itself, and what it is asked. */
export function watchPeople(
  parts: CompanyParts,
  { departures }: LeavingParts,
  checks: PersonChecks | undefined,
): { watch: PeopleWatch; signals: PageRoutes } {
  const { content, file, store, orgUrl, publicUrl, directory, traffic, addressOf, log, fetch, now } = parts;
  const { leaving, okta } = content;
  const issuers = [...new Set([orgUrl, okta.issuer?.replace(/\/$/, "") ?? orgUrl])];
  const decidingGroups = () =>
    new Set([...parts.roles().flatMap(({ groups }) => [...groups]), ...(parts.current().admins?.groups ?? [])]);
  const pollMs = leaving.poll_seconds * 1_000;
  const watch = new PeopleWatch({ store, departures, issuers, directory, checks, decidingGroups, pollMs, log, now });
  const { clock } = traffic.with(orgUrl);
  const revocationTokens = new RevocationTokens({
    keys: new IssuerKeys({ url: new URL(`${orgUrl}/oauth2/v1/keys`), fetch, clock, log }),
    issuer: leaving.global_token_revocation_issuer?.replace(/\/$/, "") ?? orgUrl,
    audience: `${publicUrl}${REVOCATION_PATH}`,
    once: store.once,
    clock,
  });
  const secrets = new HookSecrets({ files: leaving.event_hook_secret_files, serveFile: file, log, now });
  const signals = new OktaSignals({
    issuers,
    store,
    departures,
    hints: new CheckHints({ store, issuers, onDue: () => watch.askNow() }),
    revocationTokens: leaving.global_token_revocation ? revocationTokens : undefined,
    hookSecrets: () => secrets.current,
    limits: {
      revocations: new AddressLimits({ perMinute: REVOCATIONS_PER_MINUTE, now }),
      wrongSecrets: new AddressLimits({ perMinute: WRONG_SECRETS_PER_MINUTE, now }),
    },
    addressOf,
    requestIds: parts.requests,
    refusals: new RefusalRecord({ audit: store.audit, observer: parts.watch.observer, log, now }),
    log,
  });
  return { watch, signals: signals.routes() };
}
