import type { Random } from "../random.js";
import type { App, Doer, Group, LogEvent, LogNote, LogParty, User } from "./model.js";

/** The org itself, where no other actor is known. */
export const SYSTEM: Doer = {
  actor: {
    id: "SystemPrincipal",
    type: "SystemPrincipal",
    alternateId: "system@okta.com",
    displayName: "Okta System",
    detailEntry: null,
  },
  client: { userAgent: null, zone: null, device: null, id: null, ipAddress: null, geographicalContext: null },
};

/** The number of random numbers that an event takes. */
export const EVENT_NUMBERS = 27 + 22 + 32;

/**
 * A system-log event in Okta's form (schema `LogEvent` of the Management API document).
 * @param random gives it `EVENT_NUMBERS` numbers
 */
export function logEvent(note: LogNote, doer: Doer, nowMs: number, random: Random): LogEvent {
  const requestId = random.text(27);
  const { ipAddress, geographicalContext } = doer.client;
  const ip = { ip: ipAddress, geographicalContext, version: "V4", source: null };
  return {
    actor: { ...doer.actor },
    client: { ...doer.client },
    device: null,
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      externalSessionId: `idx${random.text(22)}`,
    },
    displayMessage: note.displayMessage,
    eventType: note.eventType,
    outcome: { result: note.outcome?.result ?? "SUCCESS", reason: note.outcome?.reason ?? null },
    published: new Date(note.publishedMs ?? nowMs).toISOString(),
    securityContext: note.securityContext ?? { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    severity: note.severity ?? "INFO",
    debugContext: { debugData: { requestId, ...note.debugData } },
    legacyEventType: null,
    transaction: { type: ipAddress === null ? "JOB" : "WEB", id: requestId, detail: {} },
    uuid: random.uuid(),
    version: "0",
    request: { ipChain: ipAddress === null ? [] : [ip] },
    target: (note.target ?? []).map((party) => ({ ...party })),
  };
}

/** A user as actor or target of an event. */
export function userParty(user: User): LogParty {
  const { login, displayName, firstName, lastName } = user.profile;
  const name = displayName ?? [firstName, lastName].filter((part) => typeof part === "string").join(" ");
  return { id: user.id, type: "User", alternateId: String(login), displayName: String(name), detailEntry: null };
}

/** A group as target of an event. */
export function groupParty(group: Group): LogParty {
  const displayName = String(group.profile.name);
  return { id: group.id, type: "UserGroup", alternateId: "unknown", displayName, detailEntry: null };
}

/** An app as target of an event. */
export function appParty(app: App): LogParty {
  const signOnModeType = app.signOnMode ?? null;
  return {
    id: app.id,
    type: "AppInstance",
    alternateId: app.label,
    displayName: app.label,
    detailEntry: { signOnModeType },
  };
}

/** A client that acts for itself (client credentials) as actor of an event. */
export function clientParty(clientId: string, label: string): LogParty {
  return { id: clientId, type: "PublicClientApp", alternateId: clientId, displayName: label, detailEntry: null };
}
