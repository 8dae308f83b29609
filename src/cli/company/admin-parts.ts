import type { InvitationsOptions } from "../../admin/admin-invitations.js";
import type { AdminPagesOptions, OrgState, ServerFact } from "../../admin/admin-options.js";
import { ask } from "../../operator/check-context.js";
import { invite, uninvite } from "../../operator/invite.js";
import { rightsOf } from "../../operator/who.js";
import type { AdminSettings } from "../../people/admin-schema.js";
import { storePlaceOf } from "../../people/store-place.js";
import type { Store } from "../../store/open-store.js";
import { TombstoneFile } from "../../store/tombstone-file.js";
import { Erasure } from "../../upstream/erasure.js";
import type { AdminTools } from "../../web/page-routes.js";
import { toolCards } from "../tool-cards.js";
import type { CompanyParts } from "./company-parts.js";
import { openCheck } from "./open-check.js";
import { apiTools } from "./own-tools.js";
import { RolesTools } from "./role-tools.js";

interface AdminSettingsNow extends AdminTools {
  admins(): AdminSettings | undefined;
  warning: string | undefined;
}

/** The time for a look at the org. A page waits for it. */
const ORG_TIME_LIMIT_MS = 2_000;
/** A look at the org counts for this time, since many may open the page. */
const ORG_LOOK_MS = 15_000;

/** Puts together what the pages of admins are made of. */
export function adminParts(
  parts: CompanyParts,
  { departures, groupSync }: Pick<AdminPagesOptions, "departures" | "groupSync">,
  tools: AdminSettingsNow,
): InvitationsOptions {
  const { store, version, current, roles, content, log, now } = parts;
  const rolesTools = new RolesTools(parts.apis);
  const contextNow = () => {
    const { file, fetch } = parts;
    const apis = parts.apis.all().map(({ api }) => api);
    return openCheck({ loaded: { content: current(), file, roles: roles() }, apis, env: {}, log, fetch, now });
  };
  return {
    ...tools,
    store,
    version,
    current,
    roles,
    departures,
    erasure: new Erasure({ store, departures, file: new TombstoneFile(storePlaceOf(parts).dir) }),
    groupSync,
    log,
    now,
    async clientNames(ids) {
      const stored = await store.accessLists.names([...ids].filter((id) => id !== undefined));
      const listed = new Map(current().clients.map(({ client_id, name }) => [client_id, name]));
      return (id) => listed.get(id) ?? stored.get(id) ?? id;
    },
    tokensFrom: content.sign_in === "proxy" ? undefined : (content.tokens?.issuer ?? parts.orgUrl),
    tools: [...toolCards, ...apiTools(parts.apis)],
    toolsOf: (role) => new Set(rolesTools.of(role).allowed.map(({ name }) => name)),
    rightsOf: (login) =>
      rightsOf({ ...contextNow(), catalogueOf: (role) => rolesTools.of(role).catalogue }, store, login),
    invite: (who, { by, ...origin }) => invite(contextNow(), who, { store, by, origin }),
    uninvite: (subject, { by, ...origin }) => uninvite(subject, parts.orgUrl, { store, by, origin }),
    orgState: orgStateOf(parts),
    facts: () => factsOf(store),
  };
}

/** Looks whether the org answers, at most once in a while. */
function orgStateOf({ orgUrl, traffic, fetch, now }: CompanyParts): () => Promise<OrgState> {
  let last: { atMs: number; answer: Promise<OrgState["answer"]> } | undefined;
  const { clock, scheduler } = traffic.with(orgUrl);
  const look = async (): Promise<OrgState["answer"]> => {
    const startedMs = performance.now();
    const url = new URL("/.well-known/openid-configuration", orgUrl);
    const answer = await ask({ fetch, clock }, url, { signal: AbortSignal.timeout(ORG_TIME_LIMIT_MS) }).catch(() => ({
      reason: `no answer within ${ORG_TIME_LIMIT_MS / 1000} s`,
    }));
    if ("reason" in answer) return { isReachable: false, why: answer.reason };
    if (answer.status >= 400) return { isReachable: false, why: `it answers with status ${answer.status}` };
    return { isReachable: true, tookMs: Math.round(performance.now() - startedMs) };
  };
  return async () => {
    const nowMs = now();
    if (last === undefined || nowMs - last.atMs >= ORG_LOOK_MS) last = { atMs: nowMs, answer: look() };
    const rooms = scheduler.rooms().map(({ key, ...room }) => ({ endpoint: key, ...room }));
    return {
      answer: await last.answer,
      rooms: rooms.sort((one, other) => one.left / one.limit - other.left / other.limit),
    };
  };
}

/** What the database says of itself, of the keys and of the instances that run. */
async function factsOf(store: Store): Promise<ServerFact[]> {
  const startedMs = performance.now();
  await store.ping();
  const tookMs = Math.max(1, Math.round(performance.now() - startedMs));
  const [migrations, { registered, holders }, signing] = await Promise.all([
    store.migrations(),
    store.keys.state(),
    store.signing.list(),
  ]);
  const inUse = new Set(holders.map(({ encryptsWith }) => encryptsWith));
  const dataKeys = registered.filter(({ droppedAtMs }) => droppedAtMs === undefined);
  return [
    { name: "Database", value: `${store.place}, answers in ${tookMs} ms` },
    { name: "Its tables", value: `${migrations.length} migrations, the last one ${migrations.at(-1) ?? "none"}` },
    ...dataKeys.map(({ id, fingerprint, addedAtMs }) => ({
      name: inUse.has(fingerprint) ? "Data key that encrypts" : "Data key that only decrypts",
      value: id || fingerprint,
      atMs: addedAtMs === 0 ? undefined : addedAtMs,
    })),
    ...signing.map(({ id, state, createdAtMs, signsAtMs }) => ({
      name: `Signing key (${state})`,
      value: id,
      atMs: state === "next" ? signsAtMs : createdAtMs,
    })),
    { name: "Instances that run", value: holders.map(({ instance }) => instance).join(", ") || "none has said so" },
  ];
}
