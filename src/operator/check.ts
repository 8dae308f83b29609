import { foreignSettingsIn } from "../people/foreign-settings.js";
import { storePlaceOf } from "../people/store-place.js";
import { checkApis } from "./check-apis.js";
import type { CheckContext } from "./check-context.js";
import { checkGroups } from "./check-groups.js";
import { checkIntrospection } from "./check-introspection.js";
import { checkKeys } from "./check-keys.js";
import { checkLeaving } from "./check-leaving.js";
import { checkAddresses, checkTls } from "./check-network.js";
import { checkOrg, checkSignInIssuer, checkTokenIssuer } from "./check-org.js";
import { checkRoles } from "./check-roles.js";
import { checkServiceApps } from "./check-service-apps.js";
import { checkSignOn } from "./check-sign-on.js";
import { checkStore } from "./check-store.js";
import { checkWebApp } from "./check-web-app.js";
import { about, type Finding } from "./finding.js";

/**
 * Looks at all that a company's server needs, here and at Okta, and changes nothing. Okta's System Log shows the tries
 * of the apps to prove themselves, and nothing else.
 */
export async function checkServer(context: CheckContext): Promise<Finding[]> {
  const { store, findings: ofStore } = await checkStore(context, storePlaceOf(context));
  try {
    const org = await checkOrg(context);
    const isThere = org.every(({ code }) => code !== "okta_unreachable");
    return [
      ...checkEnvironment(context),
      ...org,
      ...(isThere ? await atOkta(context) : []),
      ...(isThere ? await checkGroups(context, store) : []),
      ...(isThere ? await checkLeaving(context) : []),
      ...checkSignOn(context),
      ...checkKeys(context),
      ...ofStore,
      ...checkTls(context),
      ...(await checkAddresses(context)),
      ...checkRoles(context),
      ...(await checkApis(context)),
    ];
  } finally {
    await store?.close();
  }
}

async function atOkta(context: CheckContext): Promise<Finding[]> {
  return [
    ...(await checkSignInIssuer(context)),
    ...(await checkWebApp(context)),
    ...(await checkTokenIssuer(context)),
    ...(await checkIntrospection(context)),
    ...(await checkServiceApps(context)),
  ];
}

function checkEnvironment({ env }: CheckContext): Finding[] {
  const { ok, note } = about("environment");
  const found = foreignSettingsIn(env);
  return found.length === 0 ? [ok("It has no setting of another server.")] : found.map((sentence) => note(sentence));
}
