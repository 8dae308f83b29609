import { isObject, type Json, type JsonObject, textAt } from "../json/json.js";
import type { Operations } from "../okta/operations.js";
import { idsInPath } from "../okta/path.js";
import { jsonBodyOf, type OktaRequest } from "../okta/request.js";

/** Readers of the objects whose status a body may name, by the template of their address. */
const READERS: Readonly<Record<string, (okta: Operations, ids: readonly string[]) => Promise<Json | undefined>>> = {
  "/api/v1/policies/{policyId}": (okta, [policyId = ""]) => okta.policies.getPolicy({ policyId }),
  "/api/v1/policies/{policyId}/rules/{ruleId}": (okta, [policyId = "", ruleId = ""]) =>
    okta.policies.getPolicyRule({ policyId, ruleId }),
  "/api/v1/apps/{appId}": (okta, [appId = ""]) => okta.applications.getApplication({ appId }),
};

/** The fields of a body that Okta, or a later release of it, could take for the status. */
function statusFields(body: JsonObject): [name: string, value: Json][] {
  return Object.entries(body).filter(([name]) => name.toLowerCase() === "status");
}

/**
 * True for a request whose body may switch off an existing object. The status `ACTIVE`, or the one that the object has,
 * surely does not. A body for an unknown kind of object counts as switching it off where it has any other status.
 * @throws the error of reading the object
 */
export async function switchesOff(request: OktaRequest, okta: Operations): Promise<boolean> {
  const { template } = request;
  const json = jsonBodyOf(request);
  // An object that is added was not on before.
  if (!template.endsWith("}") || !isObject(json)) return false;
  const fields = statusFields(json as JsonObject).filter(([name, value]) => name !== "status" || value !== "ACTIVE");
  if (fields.length === 0) return false;
  const read = READERS[template];
  if (read === undefined) return true;
  const ids = idsInPath(request).map(({ id }) => id);
  const status = textAt(await read(okta, ids), "status");
  return fields.some(([name, value]) => name !== "status" || value !== status);
}
