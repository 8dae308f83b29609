import { catalogue } from "../support/catalogue.js";

export type JsonObject = { [key: string]: unknown };

/** The way in which a tool passes on the bodies and answers of one of Okta's operations. */
export interface Exchange {
  tool: string;
  /** The argument that holds the whole body. Without it, each field of the body is an argument of its own. */
  whole?: string;
  /** Arguments besides the ids in the path and the body. */
  args?: JsonObject;
  /** A body that this tool can send, with as many fields as possible. */
  body?: JsonObject;
  /** Takes Okta's answer out of the tool's result; by default the answer is the result itself or its items. */
  answer?: (result: JsonObject) => unknown;
}

/** Allows a full replace to lose settings, because the org has no object to compare with. */
const REPLACE = { args: { allow_removals: true } };

const bookmark = {
  name: "bookmark",
  label: "Wiki",
  signOnMode: "BOOKMARK",
  settings: { app: { url: "https://wiki.acme.example/" } },
};
const phones = {
  name: "Phones",
  platform: "ANDROID",
  osVersion: { minimum: "14" },
  screenLockType: { include: ["BIOMETRIC"] },
};
const mail = {
  language: "fr",
  subject: "Bonjour",
  body: `<p>Bonjour, <a href="\${activationLink}">ici</a></p>`,
  isDefault: false,
};
const theme = {
  primaryColorHex: "#112233",
  secondaryColorHex: "#445566",
  ...Object.fromEntries(
    ["signInPage", "endUserDashboard", "errorPage", "emailTemplate"].map((page) => [
      `${page}TouchPointVariant`,
      "OKTA_DEFAULT",
    ]),
  ),
};
const ada = { firstName: "Ada", lastName: "Example", email: "ada@acme.example", login: "ada@acme.example" };
const rule = { type: "PASSWORD", name: "Rule" };
const policy = { type: "PASSWORD", name: "Policy" };

/** Each operation with an example in Okta's document whose answer a tool passes on. */
export const EXCHANGES: Readonly<Record<string, Exchange>> = {
  listUsers: { tool: "list_users" },
  getUser: { tool: "get_user" },
  getUserSchema: { tool: "get_user_profile_attributes", answer: schemaOf },
  createUser: { tool: "create_user", body: { profile: ada } },
  updateUser: { tool: "update_user", body: { profile: { title: "Engineer" } } },
  listGroups: { tool: "list_groups" },
  getGroup: { tool: "get_group" },
  listGroupUsers: { tool: "list_group_users" },
  listAssignedApplicationsForGroup: { tool: "list_group_apps" },
  addGroup: { tool: "create_group", body: { profile: { name: "Group" } } },
  replaceGroup: { tool: "update_group", ...REPLACE, body: { profile: { name: "Group" } } },
  listApplications: { tool: "list_applications" },
  getApplication: { tool: "get_application" },
  createApplication: { tool: "create_application", whole: "app_config", body: bookmark },
  replaceApplication: { tool: "update_application", whole: "app_config", ...REPLACE, body: bookmark },
  listPolicies: { tool: "list_policies", args: { type: "PASSWORD" } },
  getPolicy: { tool: "get_policy" },
  createPolicy: { tool: "create_policy", whole: "policy_data", body: policy },
  replacePolicy: { tool: "update_policy", whole: "policy_data", ...REPLACE, body: policy },
  listPolicyRules: { tool: "list_policy_rules" },
  getPolicyRule: { tool: "get_policy_rule" },
  createPolicyRule: { tool: "create_policy_rule", whole: "rule_data", body: rule },
  replacePolicyRule: { tool: "update_policy_rule", whole: "rule_data", ...REPLACE, body: rule },
  getDeviceAssurancePolicy: { tool: "get_device_assurance_policy" },
  createDeviceAssurancePolicy: { tool: "create_device_assurance_policy", whole: "policy_data", body: phones },
  replaceDeviceAssurancePolicy: {
    tool: "replace_device_assurance_policy",
    whole: "policy_data",
    ...REPLACE,
    body: phones,
    answer: ({ policy }) => policy,
  },
  listLogEvents: { tool: "get_logs", args: { full: true } },
  listBrands: { tool: "list_brands" },
  getBrand: { tool: "get_brand" },
  createBrand: { tool: "create_brand", body: { name: "Acme" } },
  replaceBrand: { tool: "replace_brand", ...REPLACE, body: { name: "Acme", removePoweredByOkta: true, locale: "en" } },
  listBrandThemes: { tool: "list_brand_themes" },
  getBrandTheme: { tool: "get_brand_theme" },
  replaceBrandTheme: { tool: "replace_brand_theme", ...REPLACE, body: theme },
  listEmailTemplates: { tool: "list_email_templates" },
  getEmailTemplate: { tool: "get_email_template" },
  listEmailCustomizations: { tool: "list_email_customizations" },
  getEmailCustomization: { tool: "get_email_customization" },
  getCustomizationPreview: { tool: "get_email_customization_preview" },
  getEmailDefaultContent: { tool: "get_email_default_content" },
  getEmailDefaultPreview: { tool: "get_email_default_content_preview" },
  getEmailSettings: { tool: "get_email_settings" },
  createEmailCustomization: { tool: "create_email_customization", body: mail },
  replaceEmailCustomization: { tool: "replace_email_customization", body: mail },
  replaceEmailSettings: { tool: "replace_email_settings", body: { recipients: "ALL_USERS" } },
  listEmailDomains: { tool: "list_email_domains" },
  getEmailDomain: { tool: "get_email_domain" },
  createEmailDomain: {
    tool: "create_email_domain",
    body: {
      brandId: "bnd1",
      displayName: "Acme",
      userName: "hello",
      domain: "acme.example",
      validationSubdomain: "mail",
    },
  },
  replaceEmailDomain: { tool: "replace_email_domain", body: { displayName: "Acme", userName: "noreply" } },
  verifyEmailDomain: { tool: "verify_email_domain" },
};

/** Operations with examples whose answers no result shows, because tools read them only to check or to ask. */
export const READ_FOR_A_QUESTION: Readonly<Record<string, string>> = {
  listUserGroups: "counted before a user is deactivated or deleted",
  listAppLinks: "counted before a user is deactivated",
  listApplicationUsers: "counted before an application is deactivated or deleted",
  listApplicationGroupAssignments: "counted before an application is deactivated or deleted",
  getGroupSchema: "read for the names that a search or a profile may have",
  listGroupRules: "read for the rules that name a group before it is deleted",
  listPolicyMappings: "read for the names of the apps before a policy is deactivated or deleted",
};

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The names of a tool's arguments, and those of the required ones, from the definition that clients see. */
function argumentsOf(tool: string) {
  const { properties, required = [] } = catalogue.definition(tool).inputSchema;
  return { names: Object.keys(properties), required };
}

/**
 * The arguments with which the tool sends this body. The ids of the path are made up.
 * @throws Error where the tool has no argument for a field of the body
 */
export function argumentsFor({ tool, whole, args }: Exchange, body: JsonObject | undefined): JsonObject {
  const { names, required } = argumentsOf(tool);
  const ids = required.filter((name) => /_(id|name)$/.test(name)).map((name) => [name, `${name}-1`] as const);
  if (body === undefined) return { ...Object.fromEntries(ids), ...args };
  const fields = whole === undefined ? Object.entries(body) : [[whole, body] as const];
  const carried = fields.map(([field, value]) => {
    const name = snakeCase(field);
    if (!names.includes(name)) throw new Error(`${tool} has no argument for ${field}.`);
    return [name, value] as const;
  });
  return { ...Object.fromEntries(ids), ...Object.fromEntries(carried), ...args };
}

/** Okta's form of a schema, rebuilt from the attributes that the tool lists. */
function schemaOf({ attributes }: JsonObject): unknown {
  const definitions: Record<string, { properties: JsonObject }> = {
    base: { properties: {} },
    custom: { properties: {} },
  };
  for (const { name, origin, ...attribute } of attributes as { name: string; origin: string }[]) {
    const place = definitions[origin];
    if (place) place.properties[name] = attribute;
  }
  return { definitions };
}
