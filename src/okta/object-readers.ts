import type { Json } from "../json/json.js";
import type { ObjectKind, ProtectableKind } from "./objects.js";
import type { Operations } from "./operations.js";

/**
 * Reads one object.
 * @param where gives the id under an argument of `within` in the table of kinds
 */
export type ObjectReader = (
  okta: Operations,
  id: string,
  where: (argument: string) => string,
) => Promise<Json | undefined>;

/** The operation that reads an object, by its kind. */
const READERS = {
  user: (okta, userId) => okta.users.getUser({ userId }),
  group: (okta, groupId) => okta.groups.getGroup({ groupId }),
  app: (okta, appId) => okta.applications.getApplication({ appId }),
  policy: (okta, policyId) => okta.policies.getPolicy({ policyId }),
  policyRule: (okta, ruleId, where) => okta.policies.getPolicyRule({ policyId: where("policy_id"), ruleId }),
  deviceAssurance: (okta, deviceAssuranceId) => okta.deviceAssurance.getDeviceAssurancePolicy({ deviceAssuranceId }),
  brand: (okta, brandId) => okta.customization.getBrand({ brandId }),
  theme: (okta, themeId, where) => okta.customization.getBrandTheme({ brandId: where("brand_id"), themeId }),
  customDomain: (okta, domainId) => okta.customDomains.getCustomDomain({ domainId }),
  emailDomain: (okta, emailDomainId) => okta.emailDomains.getEmailDomain({ emailDomainId }),
  emailTemplate: (okta, templateName, where) =>
    okta.customization.getEmailTemplate({ brandId: where("brand_id"), templateName }),
  emailCustomization: (okta, customizationId, where) =>
    okta.customization.getEmailCustomization({
      brandId: where("brand_id"),
      templateName: where("template_name"),
      customizationId,
    }),
  userSchema: (okta, schemaId) => okta.schemas.getUserSchema({ schemaId }),
} as const satisfies Partial<Record<ObjectKind, ObjectReader>>;

/** The way to read an object of a kind; undefined where no scope of this server allows it. */
export function readerOf(kind: ObjectKind): ObjectReader | undefined {
  return (READERS as Partial<Record<ObjectKind, ObjectReader>>)[kind];
}

/** Reads an object of a kind that a rule can protect; its id alone says where it is. */
export function readProtectable(kind: ProtectableKind, okta: Operations, id: string): Promise<Json | undefined> {
  return READERS[kind](okta, id);
}
