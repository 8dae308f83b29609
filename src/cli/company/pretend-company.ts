import type { ServeGroup } from "../../../sandbox/serve-company.js";
import type { Sandbox } from "../../../sandbox/server.js";
import { SCOPES } from "../../okta/scopes.js";

/** The secrets of the pretend company's apps. */
export interface PretendSecrets {
  /** Of the web app with which people sign in. */
  web: string;
  /** Of the web app with which people link the practice API. */
  hr: string;
}

/** A pretend org with what a company's server needs, and the practice API beside it. */
export interface PretendCompany {
  sandbox: Sandbox;
  /** The client id of the web app, and the ids of the groups. */
  clientId: string;
  groups: Record<ServeGroup, string>;
  people: readonly { name: string; groups: readonly ServeGroup[] }[];
  /** The address of the practice API. */
  apiUrl: string;
  /** The members `apis` and `resources` of a serve.json, and the role that they are for. */
  example: { apis: object; resources: readonly object[] };
  staffRole: string;
  /** The texts of the files that these members name. */
  texts: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts a pretend company for a server that people reach at `publicUrl`.
 * @param hrSecretFile the file with the secret of the app for the API, as the settings name it
 */
export async function startPretendCompany(
  publicUrl: string,
  secrets: PretendSecrets,
  hrSecretFile: string,
): Promise<PretendCompany> {
  const [{ startSandbox }, { orgAuthorization }, { addServeCompany, loginOf, SERVE_PEOPLE }] = await Promise.all([
    import("../../../sandbox/server.js"),
    import("../../../sandbox/org-authorization.js"),
    import("../../../sandbox/serve-company.js"),
  ]);
  const [{ addPracticeApps }, { exampleIssuer, startPracticeApi }, { companyExample, exampleTexts, STAFF_ROLE }] =
    await Promise.all([
      import("../../../sandbox/practice-api/practice-apps.js"),
      import("../../../sandbox/practice-api/practice-api.js"),
      import("../../../sandbox/practice-api/example-settings.js"),
    ]);
  const redirectUri = `${publicUrl}/auth/sso/callback/okta`;
  const made: { it?: ReturnType<typeof addServeCompany> } = {};
  const sandbox = await startSandbox({
    authorization(org) {
      made.it = addServeCompany(org, { redirectUri, secret: secrets.web, scopes: Object.keys(SCOPES) });
      addPracticeApps(org, { webRedirectUris: [`${publicUrl}/connect/hr/callback`], webSecret: secrets.hr });
      return orgAuthorization()(org);
    },
  });
  if (made.it === undefined) throw new Error("The org was made without its company.");
  const api = await startPracticeApi(sandbox.org);
  return {
    sandbox,
    ...made.it,
    people: SERVE_PEOPLE.map((person) => ({
      name: `${person.firstName} ${person.lastName} (${loginOf(person)})`,
      groups: person.groups,
    })),
    apiUrl: api.origin,
    example: companyExample({ orgUrl: sandbox.origin, apiUrl: api.origin }, hrSecretFile),
    staffRole: STAFF_ROLE,
    texts: exampleTexts(exampleIssuer(sandbox.org).issuer),
    async close() {
      await api.close();
      await sandbox.close();
    },
  };
}
