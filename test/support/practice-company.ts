import { onTestFinished } from "vitest";
import { type CustomServer, hrServer } from "../../sandbox/custom-server.js";
import { ADMIN_LOGIN, HR_NATIVE_CLIENT_ID, HR_SERVER_ID, MCP_SERVER_ID } from "../../sandbox/facts.js";
import type { Org } from "../../sandbox/org.js";
import { type PracticeApiOptions, startPracticeApi } from "../../sandbox/practice-api/practice-api.js";
import {
  addPracticeApps,
  type PracticeApps,
  type PracticeAppsOptions,
} from "../../sandbox/practice-api/practice-apps.js";
import { startSandbox } from "../../sandbox/server.js";
import { testAuthorization } from "./authorization.js";
import { BOB_LOGIN } from "./company-org.js";
import { testClock } from "./oauth.js";

/** The redirect URIs of the apps of the practice API. Nothing listens there. */
export const HR_REDIRECTS = { native: "http://127.0.0.1:1/callback", web: "http://127.0.0.1:1/connect/hr/callback" };

export interface PracticeCompanyOptions {
  api?: PracticeApiOptions;
  apps?: PracticeAppsOptions;
  server?: Partial<CustomServer>;
  /** The custom servers besides that of the API. */
  others?: readonly CustomServer[];
  arrange?: (org: Org) => void;
}

/** Starts an org with Ada (GP010000) and Bob (GP010001), the practice API beside it, and the apps for it. */
export async function startPracticeCompany(options: PracticeCompanyOptions = {}) {
  const clock = testClock();
  const made: { apps?: PracticeApps } = {};
  const others = options.others ?? [
    { id: "default", audience: "api://default", scopes: [{ name: "own" }] },
    { id: MCP_SERVER_ID, audience: "https://mcp.example/mcp", scopes: [{ name: "mcp" }] },
  ];
  const customServers = [...others, hrServer(options.server)];
  const sandbox = await startSandbox({
    seed: null,
    now: clock.now,
    authorization(org: Org) {
      for (const [login, firstName, lastName, employeeNumber] of [
        [ADMIN_LOGIN, "Ada", "Admin", "10000"],
        [BOB_LOGIN, "Bob", "Builder", "10001"],
      ] as const) {
        const department = firstName === "Bob" ? "Manufacturing" : "IT and Security";
        org.addUser({ profile: { login, email: login, firstName, lastName, employeeNumber, department } });
      }
      options.arrange?.(org);
      made.apps = addPracticeApps(org, {
        nativeRedirectUris: [HR_REDIRECTS.native],
        webRedirectUris: [HR_REDIRECTS.web],
        ...options.apps,
      });
      return testAuthorization({ customServers })(org);
    },
  });
  onTestFinished(sandbox.close);
  const api = await startPracticeApi(sandbox.org, options.api);
  onTestFinished(api.close);
  const { control } = sandbox.authorization;
  const { apps } = made;
  if (apps === undefined) throw new Error("The org was made without its apps.");

  /** An access token for the API, as if this person had signed in. */
  async function tokenOf(login: string | undefined, scopes = ["hr.read", "hr.write"]): Promise<string> {
    const how = { clientId: HR_NATIVE_CLIENT_ID, scopes, ...(login !== undefined && { login }) };
    return (await control.issueFrom(HR_SERVER_ID, how)).access_token;
  }

  /** Asks the API. */
  async function call(method: string, path: string, token?: string, body?: unknown) {
    const response = await fetch(api.origin + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // biome-ignore lint/suspicious/noExplicitAny: tests read any member of an answer, and fail if it has another type.
    const json: any = text === "" ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, json };
  }

  return { sandbox, org: sandbox.org, origin: sandbox.origin, control, clock, api, apps, tokenOf, call };
}
