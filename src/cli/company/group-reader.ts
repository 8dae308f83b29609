import { OktaMcpError } from "../../errors/index.js";
import { NO_RULES } from "../../guard/rules.js";
import { isObject } from "../../json/json.js";
import type { Log } from "../../log.js";
import type { SendHttp } from "../../net/http-client.js";
import type { Operations } from "../../okta/operations.js";
import type { OrgTraffic } from "../../okta/org-traffic.js";
import type { ServiceApp } from "../../people/roles.js";
import { compose } from "../compose.js";

export interface GroupReaderOptions {
  /** The service app that reads. It needs okta.users.read. */
  app: ServiceApp;
  orgUrl: string;
  traffic: OrgTraffic;
  version: string;
  log: Log;
  fetch: SendHttp;
  now: () => number;
}

/** The most pages of groups of one person. */
const MAX_PAGES = 100;

/** The operations of a service app, with tokens of one scope. */
export function appOperations({ app, orgUrl, ...how }: GroupReaderOptions, scope: string): Operations {
  const { clientId, key } = app;
  const { operations } = compose({
    ...how,
    settings: {
      orgUrl,
      clientId,
      scopes: [scope],
      credential: { method: "private-key", key },
      tokenStore: "memory",
      confirm: "ask",
      maxResultChars: 0,
      guard: NO_RULES,
      fileRoots: [],
    },
    journal: undefined,
  });
  return operations({});
}

/**
 * Makes the way to read the ids of all groups of a person (Okta: `listUserGroups`), none for somebody who is not there.
 * It rejects with OktaMcpError where they cannot be read to the end.
 */
export function groupReader(options: GroupReaderOptions): (userId: string) => Promise<readonly string[]> {
  const okta = appOperations(options, "okta.users.read");
  return async (userId) => {
    const ids = new Set<string>();
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { items, next } = await okta.users.listUserGroups.page({ userId, after }).catch((error: unknown) => {
        if (error instanceof OktaMcpError && error.code === "not_found") return { items: [], next: undefined };
        throw error;
      });
      for (const group of items) if (isObject(group) && typeof group.id === "string") ids.add(group.id);
      if (next === undefined) return [...ids];
      after = next;
    }
    throw new OktaMcpError("okta_down", `The groups of a person have more than ${MAX_PAGES} pages.`);
  };
}
