import { CERTIFICATE, FILES } from "./files.js";

/** The arguments or the answer of a tool. */
export type JsonObject = { [key: string]: unknown };

/** The pretend company, as an example finds its way in it. */
export interface Company {
  /** The id of the item of this name (or label, login, domain, language) in what a list tool answers. */
  find(listTool: string, name: string, args?: JsonObject): Promise<string>;
  /** The answer of a tool. */
  get(tool: string, args: JsonObject): Promise<JsonObject>;
}

/** The arguments of a call that shows what a tool is for. */
type Example = (company: Company) => JsonObject | Promise<JsonObject>;

const MISAKI = "misaki.watanabe@acme-robotics.example";
const MAIN_BRAND = { brand_id: "bndSandboxDefault001" };
const JAPAN = { brand_id: "bndSandboxJapan00001" };
const CARE = { brand_id: "bndSandboxCare000001" };
const LOGIN_DOMAIN = { domain_id: "OcDSandboxLogin00001" };
const OLA_DOMAIN = { domain_id: "OcDSandboxOla0000001" };
const MAIN_MAIL = { email_domain_id: "OeDSandboxMain000001" };
const CARE_MAIL = { email_domain_id: "OeDSandboxCare000001" };
const FORGOTTEN = { ...MAIN_BRAND, template_name: "ForgotPassword" };

const group = async ({ find }: Company, name: string) => ({ group_id: await find("list_groups", name) });
const app = async ({ find }: Company, name: string) => ({
  app_id: await find("list_applications", name, { include_non_deleted: true }),
});
const policy = async ({ find }: Company, name: string, type = "ACCESS_POLICY") => ({
  policy_id: await find("list_policies", name, { type }),
});
const rule = async (company: Company, name: string, policyName: string, type?: string) => {
  const its = await policy(company, policyName, type);
  return { ...its, rule_id: await company.find("list_policy_rules", name, its) };
};
const assurance = async ({ find }: Company, name: string) => ({
  device_assurance_id: await find("list_device_assurance_policies", name),
});
const theme = async ({ get }: Company, brand: { brand_id: string }) => {
  const { items } = await get("list_brand_themes", brand);
  return { ...brand, theme_id: (items as { id: string }[])[0]?.id };
};
const text = async ({ find }: Company, language: string) => ({
  ...FORGOTTEN,
  customization_id: await find("list_email_customizations", language, FORGOTTEN),
});

/** An object that was read, without the fields that Okta sets itself, and with a change. */
function changed(read: JsonObject, change: JsonObject): JsonObject {
  const setByOkta =
    /^(id|orn|status|created|lastUpdated|system|createdBy|createdDate|lastUpdate|lastUpdatedBy|_embedded)$/;
  return { ...Object.fromEntries(Object.entries(read).filter(([name]) => !setByOkta.test(name))), ...change };
}

const PAGE = "<!DOCTYPE html><html><head>{{{SignInWidgetResources}}}</head><body>{{{OktaUtil}}}</body></html>";

/** A change to look at: somebody's new title. */
const aChange = async ({ get }: Company) => {
  await get("update_user", { user_id: MISAKI, profile: { title: "Head of Robotics Research" } });
  const { items } = await get("list_changes", {});
  return { change_id: (items as { id: string }[])[0]?.id };
};

/** An example for every tool, by its name. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  get_scope_status: () => ({}),

  list_changes: async (company) => {
    await aChange(company);
    return { tool: "update_user" };
  },
  get_change: aChange,
  undo_change: aChange,

  list_users: () => ({
    search: 'profile.department eq "Sales" and status eq "ACTIVE"',
    limit: 2,
    fields: ["id", "status", "profile.login", "profile.title"],
  }),
  get_user: () => ({ user_id: MISAKI }),
  get_user_profile_attributes: () => ({}),
  create_user: () => ({
    profile: {
      firstName: "Grace",
      lastName: "Lindholm",
      login: "grace.lindholm@acme-robotics.example",
      email: "grace.lindholm@acme-robotics.example",
      department: "Robotics Research",
    },
  }),
  update_user: () => ({ user_id: MISAKI, profile: { title: "Head of Robotics Research", mobilePhone: null } }),
  deactivate_user: () => ({ user_id: MISAKI }),
  delete_deactivated_user: () => ({ user_id: "lucia.pena@acme-robotics.example" }),

  list_groups: () => ({ search: 'profile.name sw "Project"', expand: "stats", limit: 2 }),
  get_group: (company) => group(company, "Engineering"),
  list_group_users: async (company) => ({ ...(await group(company, "On-call")), limit: 2, fields: ["profile.login"] }),
  list_group_apps: async (company) => ({ ...(await group(company, "Sales")), fields: ["id", "label", "signOnMode"] }),
  create_group: () => ({ profile: { name: "Project Ember", description: "Battery research" } }),
  update_group: async (company) => {
    const id = await group(company, "Project Atlas");
    const { profile } = await company.get("get_group", id);
    return { ...id, profile: { ...(profile as JsonObject), description: "Warehouse robots, second generation" } };
  },
  delete_group: (company) => group(company, "Project Dandelion"),
  add_user_to_group: async (company) => ({ ...(await group(company, "On-call")), user_id: MISAKI }),
  remove_user_from_group: async (company) => {
    const id = await group(company, "On-call");
    const { items } = await company.get("list_group_users", id);
    return { ...id, user_id: (items as { id: string }[])[0]?.id };
  },

  list_applications: () => ({ q: "S", fields: ["id", "label", "status", "signOnMode"] }),
  get_application: (company) => app(company, "Company Wiki"),
  create_application: () => ({
    app_config: {
      name: "bookmark",
      label: "Canteen menu",
      signOnMode: "BOOKMARK",
      settings: { app: { requestIntegration: false, url: "https://canteen.acme-robotics.example" } },
    },
  }),
  update_application: async (company) => {
    const id = await app(company, "Company Wiki");
    return { ...id, app_config: changed(await company.get("get_application", id), { label: "Company Wiki (new)" }) };
  },
  delete_application: (company) => app(company, "Parts Catalogue"),
  activate_application: (company) => app(company, "Parts Catalogue"),
  deactivate_application: (company) => app(company, "Travel Portal"),

  list_policies: () => ({ type: "ACCESS_POLICY", fields: ["id", "name", "status", "priority", "system"] }),
  get_policy: (company) => policy(company, "Customer data"),
  create_policy: () => ({
    policy_data: { type: "ACCESS_POLICY", name: "Payroll", description: "Only from managed laptops" },
  }),
  update_policy: async (company) => {
    const id = await policy(company, "Low risk");
    return { ...id, policy_data: changed(await company.get("get_policy", id), { description: "Menus and maps" }) };
  },
  delete_policy: (company) => policy(company, "Before the merger"),
  activate_policy: (company) => policy(company, "Before the merger"),
  deactivate_policy: (company) => policy(company, "Contractors", "OKTA_SIGN_ON"),

  list_policy_rules: async (company) => ({
    ...(await policy(company, "Customer data")),
    fields: ["id", "name", "status", "priority", "actions.appSignOn.access"],
  }),
  get_policy_rule: (company) => rule(company, "Managed laptops", "Customer data"),
  create_policy_rule: async (company) => ({
    ...(await policy(company, "Customer data")),
    rule_data: {
      type: "ACCESS_POLICY",
      name: "Nobody at night",
      conditions: { riskScore: { level: "HIGH" } },
      actions: { appSignOn: { access: "DENY" } },
    },
  }),
  update_policy_rule: async (company) => {
    const id = await rule(company, "Risky sign-ins", "Customer data");
    return { ...id, rule_data: changed(await company.get("get_policy_rule", id), { name: "Risky sign-ins, denied" }) };
  },
  delete_policy_rule: (company) => rule(company, "Risky sign-ins", "Customer data"),
  activate_policy_rule: (company) => rule(company, "Nobody through RADIUS", "Contractors", "OKTA_SIGN_ON"),
  deactivate_policy_rule: (company) => rule(company, "Plant network", "Contractors", "OKTA_SIGN_ON"),

  list_device_assurance_policies: () => ({ version_threshold: "14.5" }),
  get_device_assurance_policy: (company) => assurance(company, "macOS laptops"),
  create_device_assurance_policy: () => ({
    policy_data: { name: "iPads", platform: "IOS", screenLockType: { include: ["PASSCODE"] } },
    user_stated_os_version: "18.2",
  }),
  replace_device_assurance_policy: async (company) => {
    const id = await assurance(company, "iPhones");
    const read = await company.get("get_device_assurance_policy", id);
    return { ...id, policy_data: changed(read, { osVersion: { minimum: "18.2.0" } }) };
  },
  delete_device_assurance_policy: (company) => assurance(company, "Chromebooks in the showroom"),

  get_logs: () => ({
    filter: 'eventType eq "user.session.start"',
    since: "2026-11-30T00:00:00Z",
    sort_order: "DESCENDING",
    limit: 1,
    fields: ["published", "actor.alternateId", "outcome", "client.ipAddress"],
  }),
  get_login_failures: () => ({ since: "2026-11-30T00:00:00Z" }),

  list_brands: () => ({ expand: ["emailDomain"] }),
  get_brand: () => MAIN_BRAND,
  list_brand_domains: () => MAIN_BRAND,
  create_brand: () => ({ name: "Acme Academy" }),
  replace_brand: async ({ get }) => {
    const brand = await get("get_brand", CARE);
    return {
      ...CARE,
      name: brand.name,
      locale: "pt-BR",
      ...(brand.emailDomainId ? { email_domain_id: brand.emailDomainId } : {}),
      remove_powered_by_okta: true,
      allow_removals: true,
    };
  },
  delete_brand: () => CARE,

  list_brand_themes: () => JAPAN,
  get_brand_theme: (company) => theme(company, MAIN_BRAND),
  replace_brand_theme: async (company) => ({
    ...(await theme(company, MAIN_BRAND)),
    primary_color_hex: "#0f4c81",
    secondary_color_hex: "#f4f4f4",
    sign_in_page_touch_point_variant: "BACKGROUND_SECONDARY_COLOR",
    end_user_dashboard_touch_point_variant: "FULL_THEME",
    error_page_touch_point_variant: "OKTA_DEFAULT",
    email_template_touch_point_variant: "FULL_THEME",
    primary_color_contrast_hex: "#ffffff",
    secondary_color_contrast_hex: "#000000",
  }),
  upload_brand_theme_logo: async (company) => ({ ...(await theme(company, CARE)), file_path: FILES.logo }),
  upload_brand_theme_favicon: async (company) => ({ ...(await theme(company, CARE)), file_path: FILES.favicon }),
  upload_brand_theme_background_image: async (company) => ({
    ...(await theme(company, CARE)),
    file_path: FILES.background,
  }),
  delete_brand_theme_logo: (company) => theme(company, JAPAN),
  delete_brand_theme_favicon: (company) => theme(company, JAPAN),
  delete_brand_theme_background_image: (company) => theme(company, JAPAN),

  get_sign_in_page_resources: () => ({ ...JAPAN, expand: ["customizedUrl", "previewUrl"] }),
  get_customized_sign_in_page: () => JAPAN,
  get_default_sign_in_page: () => MAIN_BRAND,
  get_preview_sign_in_page: () => JAPAN,
  replace_customized_sign_in_page: () => ({ ...CARE, page_content: PAGE, widget_version: "^7" }),
  delete_customized_sign_in_page: () => JAPAN,
  replace_preview_sign_in_page: () => ({ ...CARE, page_content: PAGE, widget_version: "^7" }),
  delete_preview_sign_in_page: () => JAPAN,
  list_sign_in_widget_versions: () => MAIN_BRAND,

  get_error_page_resources: () => ({ ...JAPAN, expand: ["customized"] }),
  get_customized_error_page: () => JAPAN,
  get_default_error_page: () => MAIN_BRAND,
  get_preview_error_page: async (company) => {
    await company.get("replace_preview_error_page", { ...JAPAN, page_content: PAGE });
    return JAPAN;
  },
  replace_customized_error_page: () => ({
    ...CARE,
    page_content: PAGE,
    csp_mode: "report_only",
    csp_src_list: ["https://cdn.acme-robotics.example"],
  }),
  delete_customized_error_page: () => JAPAN,
  replace_preview_error_page: () => ({ ...CARE, page_content: PAGE }),
  delete_preview_error_page: async (company) => {
    await company.get("replace_preview_error_page", { ...JAPAN, page_content: PAGE });
    return JAPAN;
  },

  get_sign_out_page_settings: () => MAIN_BRAND,
  replace_sign_out_page_settings: () => ({
    ...MAIN_BRAND,
    type: "EXTERNALLY_HOSTED",
    url: "https://www.acme-robotics.example/bye",
  }),

  list_email_templates: () => ({ ...MAIN_BRAND, limit: 3, expand: ["customizationCount"] }),
  get_email_template: () => ({ ...FORGOTTEN, expand: ["settings"] }),
  list_email_customizations: () => ({ ...FORGOTTEN, fields: ["id", "language", "isDefault", "subject"] }),
  get_email_customization: (company) => text(company, "en"),
  get_email_customization_preview: (company) => text(company, "en"),
  get_email_default_content: () => FORGOTTEN,
  get_email_default_content_preview: () => FORGOTTEN,
  get_email_settings: () => FORGOTTEN,
  create_email_customization: async ({ get }) => {
    const { body } = await get("get_email_default_content", { ...FORGOTTEN, language: "it" });
    return { ...FORGOTTEN, language: "it", subject: "Reimposta la password", body };
  },
  replace_email_customization: async (company) => {
    const id = await text(company, "en");
    const { body } = await company.get("get_email_customization", id);
    return { ...id, language: "en", subject: "Reset your Acme password", body };
  },
  delete_email_customization: async (company) => {
    const { items } = await company.get("list_email_customizations", FORGOTTEN);
    const other = (items as { id: string; isDefault: boolean }[]).find(({ isDefault }) => !isDefault);
    return { ...FORGOTTEN, customization_id: other?.id };
  },
  delete_all_email_customizations: () => FORGOTTEN,
  replace_email_settings: () => ({ ...FORGOTTEN, recipients: "ADMINS_ONLY" }),
  send_test_email: () => ({ ...FORGOTTEN, language: "fr" }),

  list_custom_domains: () => ({ fields: ["id", "domain", "validationStatus", "certificateSourceType"] }),
  get_custom_domain: () => OLA_DOMAIN,
  create_custom_domain: () => ({ domain: "id.acme-robotics.example", certificate_source_type: "OKTA_MANAGED" }),
  replace_custom_domain: () => ({ ...OLA_DOMAIN, ...CARE }),
  delete_custom_domain: () => OLA_DOMAIN,
  upsert_custom_domain_certificate: () => ({
    ...LOGIN_DOMAIN,
    certificate: CERTIFICATE.leaf,
    certificate_chain: CERTIFICATE.chain,
    private_key_file_path: FILES.key,
  }),
  verify_custom_domain: () => OLA_DOMAIN,

  list_email_domains: () => ({ fields: ["id", "domain", "validationStatus"] }),
  get_email_domain: () => CARE_MAIL,
  create_email_domain: () => ({
    ...JAPAN,
    domain: "jp.acme-robotics.example",
    display_name: "Acme Robotics Japan",
    user_name: "no-reply",
  }),
  replace_email_domain: () => ({ ...MAIN_MAIL, display_name: "Acme Robotics", user_name: "hello" }),
  delete_email_domain: () => CARE_MAIL,
  verify_email_domain: () => CARE_MAIL,
};
