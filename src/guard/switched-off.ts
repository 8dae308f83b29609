import type { Json } from "../json/json.js";
import { isObject, type JsonObject, textAt } from "../json/json.js";
import type { Operations } from "../okta/operations.js";
import { idsInPath } from "../okta/path.js";
import { jsonBodyOf, type OktaRequest } from "../okta/request.js";

/** Reads an object whose status a body may name, by the template of its address. */
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
 * True for a request whose body may switch off an object that is there. Only a status that is
 * `ACTIVE`, or the one that the object has, surely does not; so a body of an unknown kind of object
 * that names any other is taken to switch it off.
 * @throws what reading the object fails with
 */
export async function switchesOff(request: OktaRequest, okta: Operations): Promise<boolean> {
  const { template } = request;
  const json = jsonBodyOf(request);
  // What is added was not there to be switched off.
  if (!template.endsWith("}") || !isObject(json)) return false;
  const fields = statusFields(json as JsonObject).filter(([name, value]) => name !== "status" || value !== "ACTIVE");
  if (fields.length === 0) return false;
  const read = READERS[template];
  if (read === undefined) return true;
  const ids = idsInPath(request).map(({ id }) => id);
  const status = textAt(await read(okta, ids), "status");
  return fields.some(([name, value]) => name !== "status" || value !== status);
}
