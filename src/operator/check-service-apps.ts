import { fingerprint } from "../auth/private-key.js";
import { OktaMcpError } from "../errors/index.js";
import type { ServiceApp } from "../people/roles.js";
import { type CheckContext, DIRECTORY_SCOPES, directoryApp } from "./check-context.js";
import { about, type Finding } from "./finding.js";

/** An app of the settings that acts by its own right. */
interface NamedApp {
  name: string;
  app: ServiceApp;
  scopes: readonly string[];
}

/** Checks each service app: that Okta takes its key and grants what it is for. */
export async function checkServiceApps(context: CheckContext): Promise<Finding[]> {
  const apps: NamedApp[] = context.roles.flatMap(({ name, service, scopes }) =>
    service === undefined ? [] : [{ name: `service app of role ${name}`, app: service, scopes }],
  );
  const directory = directoryApp(context);
  if (directory !== undefined) apps.push({ name: "directory app", app: directory, scopes: DIRECTORY_SCOPES });
  const findings = await Promise.all(apps.map((one) => checkApp(context, one)));
  return [...findings, ...sharedKeys(apps)];
}

async function checkApp(context: CheckContext, { name, app, scopes }: NamedApp): Promise<Finding> {
  const { ok, wrong, unknown } = about(name);
  const missing = await refusedScopes(context, app, scopes);
  if (missing instanceof OktaMcpError) {
    const { message, fix, code } = missing;
    if (code !== "client_rejected") return unknown(message, fix);
    return wrong(
      message,
      `Compare client id and key id with Applications > the app > General. It has to be an API Services app with Public key / Private key. A clock that is wrong has the same effect.`,
      "invalid_client",
    );
  }
  if (missing.length === 0) return ok(`Okta accepts the key of ${app.clientId} and grants ${scopes.join(", ")}.`);
  return wrong(
    `Okta does not grant the app ${app.clientId} ${missing.join(", ")}.`,
    "Grant it in the Admin Console: Applications > the app > Okta API Scopes. The app's admin role (Admin roles tab) decides what it may do with them.",
    "scope_not_granted",
  );
}

/** The scopes that Okta refuses an app; an error where it refuses the app itself or does not answer. */
export async function refusedScopes(
  { openApp }: CheckContext,
  app: ServiceApp,
  scopes: readonly string[],
): Promise<string[] | OktaMcpError> {
  const attempt = async (asked: readonly string[]) => {
    const { session } = openApp(app, asked);
    try {
      await session.token();
      const granted = session.granted();
      return granted === undefined ? [] : asked.filter((scope) => !granted.has(scope));
    } catch (error) {
      if (error instanceof OktaMcpError) return error;
      throw error;
    } finally {
      session.close();
    }
  };
  const all = await attempt(scopes);
  if (!(all instanceof OktaMcpError) || all.code !== "missing_scope") return all;
  const refused: string[] = [];
  for (const scope of scopes) {
    const one = await attempt([scope]);
    if (one instanceof OktaMcpError && one.code !== "missing_scope") return one;
    if (one instanceof OktaMcpError || one.length > 0) refused.push(scope);
  }
  return refused;
}

/** Roles that share an app or a key: whoever breaks one has the other, and Okta cannot hold them apart. */
function sharedKeys(apps: readonly NamedApp[]): Finding[] {
  return apps.flatMap((one, index) => {
    const earlier = apps
      .slice(0, index)
      .find(({ app }) => app.clientId === one.app.clientId || fingerprint(app.key) === fingerprint(one.app.key));
    if (earlier === undefined) return [];
    const { note } = about(one.name);
    return [
      note(
        `It shares its app or key with the ${earlier.name}.`,
        "Give each an app of its own in Okta, so that Okta too keeps their rights apart.",
      ),
    ];
  });
}
