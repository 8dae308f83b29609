import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DEFAULT_BRAND_ID } from "../../src/sandbox/state/brand-store.js";
import { customDomainArea } from "../../src/sandbox/state/custom-domain-store.js";
import { dnsArea } from "../../src/sandbox/state/dns.js";
import { emailDomainArea, recordsOf } from "../../src/sandbox/state/email-domain-store.js";
import type { connect } from "../support/client.js";
import { png } from "../support/images.js";

type JsonObject = { [key: string]: unknown };
type Connected = Awaited<ReturnType<typeof connect>>;

/** One call of a tool that writes, against an org that was made ready for it. */
export interface Scenario {
  /** Makes the org ready; the arguments of the call, and a way to look at what the call changes. */
  arrange(org: Connected): Promise<{ args: JsonObject; look: () => Promise<unknown> }>;
  /** How it is taken back: as it was, as it was but for ids, or not at all. */
  undo: "back" | "with new ids" | RegExp;
}

const brand_id = DEFAULT_BRAND_ID;
const template = { brand_id, template_name: "ForgotPassword" };
/** A template that Okta lets an org send to nobody. */
const optional = { brand_id, template_name: "AccountLockout" };
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Okta's templates
const text = { subject: "S", body: "<p>${resetPasswordLink}</p>" };
const HTML = "<!doctype html><html lang='ja'><body>ようこそ {{{SignInWidgetResources}}}</body></html>";
const RULE = {
  type: "PASSWORD",
  name: "Night",
  conditions: { later: { deep: [1] } },
  actions: { passwordChange: { access: "DENY" } },
};
const POLICY = {
  type: "PASSWORD",
  name: "Vault",
  description: "Long ones",
  conditions: { people: { groups: { include: ["00gSandboxVault00001"] } }, authProvider: { provider: "OKTA" } },
  settings: { password: { complexity: { minLength: 20 } }, quantum: { spin: ["up"] } },
};
const DEVICES = {
  name: "Laptops",
  platform: "MACOS",
  osVersion: { minimum: "14.2.1" },
  laterField: { deep: [1, null] },
};
const APP = {
  label: "Teleporter",
  signOnMode: "QUANTUM_SSO",
  settings: { app: { planet: "Mars" }, spin: ["up"] },
  later: { deep: "é" },
};

const VOLATILE = new Set([
  "lastUpdated",
  "lastUpdate",
  "lastMembershipUpdated",
  "statusChanged",
  "created",
  "createdDate",
]);
const IDS = new Set(["id"]);

/** A value without what changes by itself, and without ids where these are to be new. */
export function still(value: unknown, alsoIds = false): unknown {
  if (Array.isArray(value)) return value.map((item) => still(item, alsoIds));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !VOLATILE.has(key) && !(alsoIds && IDS.has(key)));
  return Object.fromEntries(kept.map(([key, inner]) => [key, still(inner, alsoIds)]));
}

/** What a tool answers; its error's code where it fails. */
const looking =
  ({ call }: Connected, tool: string, args: JsonObject = {}) =>
  async () => {
    const { data, error } = await call(tool, args);
    return error?.code ?? data;
  };

const idOf = async ({ get }: Connected, tool: string, args: JsonObject) => String((await get(tool, args)).id);

const user = (org: Connected, more: JsonObject = {}) =>
  org.org.addUser({
    profile: {
      login: "bo@acme.example",
      email: "bo@acme.example",
      firstName: "Bo",
      lastName: "Li",
      mobilePhone: "+1 555 0100",
      ...more,
    },
  }).id;

const newGroup = (org: Connected) =>
  idOf(org, "create_group", { profile: { name: "Sales", description: "Sells", region: "北" } });

const newPolicy = (org: Connected, more: JsonObject = {}) =>
  idOf(org, "create_policy", { policy_data: POLICY, ...more });

async function newRule(org: Connected, more: JsonObject = {}) {
  const policy_id = await newPolicy(org);
  return { policy_id, rule_id: await idOf(org, "create_policy_rule", { policy_id, rule_data: RULE, ...more }) };
}

async function theme(org: Connected) {
  const { items } = await org.get("list_brand_themes", { brand_id });
  const place = { brand_id, theme_id: (items as { id: string }[])[0]?.id };
  return { place, look: looking(org, "get_brand_theme", place) };
}

/** An image inside the folder that the scenario's client may read. */
export const images = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-undo-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "a.png"), png(64));
  return folder;
};

const customization = (org: Connected, language: string) =>
  idOf(org, "create_email_customization", { ...template, ...text, language });

const texts = (org: Connected) => looking(org, "list_email_customizations", template);

function upload(name: string): Scenario {
  return {
    async arrange(org) {
      const { place, look } = await theme(org);
      return { args: { ...place, file_path: "a.png" }, look };
    },
    undo: new RegExp(`no copy of an image${name}`),
  };
}

const deleteImage = (name: "logo" | "favicon" | "background_image"): Scenario => ({
  async arrange(org) {
    const { place, look } = await theme(org);
    await org.get(`upload_brand_theme_${name}`, { ...place, file_path: "a.png" });
    return { args: place, look };
  },
  undo: /no copy of an image/,
});

const pageContent = { brand_id, page_content: HTML, csp_mode: "enforced", csp_src_list: ["https://a.example"] };

function replacesPage(page: string, before: "none" | "one"): Scenario {
  return {
    async arrange(org) {
      if (before === "one") await org.get(`replace_${page}`, pageContent);
      return {
        args: { ...pageContent, page_content: `${HTML}!`, csp_mode: "report_only" },
        look: looking(org, `get_${page}`, { brand_id }),
      };
    },
    undo: "back",
  };
}

function deletesPage(page: string): Scenario {
  return {
    async arrange(org) {
      await org.get(`replace_${page}`, pageContent);
      return { args: { brand_id }, look: looking(org, `get_${page}`, { brand_id }) };
    },
    undo: "back",
  };
}

function switches(kind: "application" | "policy" | "policy_rule", to: "activate" | "deactivate"): Scenario {
  return {
    async arrange(org) {
      const activate = to === "deactivate";
      const place =
        kind === "application"
          ? { app_id: await idOf(org, "create_application", { app_config: APP, activate }) }
          : kind === "policy"
            ? { policy_id: await newPolicy(org, { activate }) }
            : await newRule(org, { activate });
      return { args: place, look: looking(org, `get_${kind}`, place) };
    },
    undo: "back",
  };
}

const domains = { domain: "login.acme.example", certificate_source_type: "MANUAL" };
const sender = { brand_id, domain: "mail.acme.example", display_name: "Acme 株", user_name: "no-reply" };

const fixture = (name: string) => readFile(new URL(`../fixtures/certificates/${name}`, import.meta.url), "utf8");

/** One scenario, or more, for every tool that writes. */
export const SCENARIOS: Readonly<Record<string, Scenario | Readonly<Record<string, Scenario>>>> = {
  create_user: {
    arrange: async (org) => ({
      args: { profile: { login: "new@acme.example", email: "new@acme.example", firstName: "N", lastName: "W" } },
      look: looking(org, "get_user", { user_id: "new@acme.example" }),
    }),
    undo: "back",
  },
  update_user: {
    async arrange(org) {
      const user_id = user(org, { title: "Baker" });
      const profile = { title: "Chef", nickName: "B", mobilePhone: null };
      return { args: { user_id, profile }, look: looking(org, "get_user", { user_id }) };
    },
    undo: "back",
  },
  deactivate_user: {
    arrange: async (org) => {
      const user_id = user(org);
      return { args: { user_id }, look: looking(org, "get_user", { user_id }) };
    },
    undo: /Admin Console \(Directory > People/,
  },
  delete_deactivated_user: {
    async arrange(org) {
      const user_id = user(org);
      await org.get("deactivate_user", { user_id });
      return { args: { user_id }, look: looking(org, "get_user", { user_id }) };
    },
    undo: /deletes a user for good/,
  },
  create_group: {
    arrange: async (org) => ({
      args: { profile: { name: "Sales" } },
      look: looking(org, "list_groups", { q: "Sales" }),
    }),
    undo: "back",
  },
  update_group: {
    async arrange(org) {
      const group_id = await newGroup(org);
      const profile = { name: "Sales EMEA", description: "Sells", region: "南", later: ["x"] };
      return { args: { group_id, profile }, look: looking(org, "get_group", { group_id }) };
    },
    undo: "back",
  },
  delete_group: {
    async arrange(org) {
      const group_id = await newGroup(org);
      for (const login of ["a@acme.example", "b@acme.example"]) {
        await org.get("add_user_to_group", { group_id, user_id: user(org, { login, email: login }) });
      }
      const look = async () => {
        const { items } = await org.get("list_groups", { q: "Sales" });
        const [group] = items as { id: string }[];
        return group && { group, members: (await org.get("list_group_users", { group_id: group.id })).items };
      };
      return { args: { group_id }, look };
    },
    undo: "with new ids",
  },
  add_user_to_group: {
    async arrange(org) {
      const args = { group_id: await newGroup(org), user_id: user(org) };
      return { args, look: looking(org, "list_group_users", { group_id: args.group_id }) };
    },
    undo: "back",
  },
  remove_user_from_group: {
    async arrange(org) {
      const args = { group_id: await newGroup(org), user_id: user(org) };
      await org.get("add_user_to_group", args);
      return { args, look: looking(org, "list_group_users", { group_id: args.group_id }) };
    },
    undo: "back",
  },
  create_application: {
    active: {
      arrange: async (org) => ({ args: { app_config: APP }, look: looking(org, "list_applications", { q: "Tele" }) }),
      undo: "back",
    },
    inactive: {
      arrange: async (org) => ({
        args: { app_config: APP, activate: false },
        look: looking(org, "list_applications", { q: "Tele" }),
      }),
      undo: "back",
    },
  },
  update_application: {
    async arrange(org) {
      const app_id = await idOf(org, "create_application", { app_config: APP });
      const app_config = {
        ...APP,
        label: "Portal",
        settings: { app: { planet: "Venus" }, spin: ["down"] },
        added: true,
      };
      const look = looking(org, "get_application", { app_id });
      return { args: { app_id, app_config, allow_removals: true }, look };
    },
    undo: "back",
  },
  delete_application: {
    async arrange(org) {
      const app_id = await idOf(org, "create_application", { app_config: APP, activate: false });
      return { args: { app_id }, look: looking(org, "get_application", { app_id }) };
    },
    undo: /keys, secrets and assignments for good/,
  },
  activate_application: switches("application", "activate"),
  deactivate_application: switches("application", "deactivate"),
  create_policy: {
    arrange: async (org) => ({
      args: { policy_data: POLICY },
      look: looking(org, "list_policies", { type: "PASSWORD" }),
    }),
    undo: "back",
  },
  update_policy: {
    async arrange(org) {
      const policy_id = await newPolicy(org);
      const policy_data = {
        ...POLICY,
        description: "Longer",
        priority: 1,
        settings: { ...POLICY.settings, quantum: { spin: ["down"] } },
      };
      return { args: { policy_id, policy_data }, look: looking(org, "get_policy", { policy_id }) };
    },
    undo: "back",
  },
  delete_policy: {
    async arrange(org) {
      const { policy_id } = await newRule(org);
      await org.get("create_policy_rule", { policy_id, rule_data: { ...RULE, name: "Day" }, activate: false });
      return { args: { policy_id }, look: looking(org, "list_policies", { type: "PASSWORD", expand: "rules" }) };
    },
    undo: "with new ids",
  },
  activate_policy: switches("policy", "activate"),
  deactivate_policy: switches("policy", "deactivate"),
  create_policy_rule: {
    async arrange(org) {
      const policy_id = await newPolicy(org);
      return { args: { policy_id, rule_data: RULE }, look: looking(org, "list_policy_rules", { policy_id }) };
    },
    undo: "back",
  },
  update_policy_rule: {
    async arrange(org) {
      const place = await newRule(org);
      const rule_data = { ...RULE, name: "Day", conditions: { later: { deep: [2] } }, priority: 1 };
      return { args: { ...place, rule_data }, look: looking(org, "get_policy_rule", place) };
    },
    undo: "back",
  },
  delete_policy_rule: {
    async arrange(org) {
      const place = await newRule(org);
      return { args: place, look: looking(org, "list_policy_rules", { policy_id: place.policy_id }) };
    },
    undo: "with new ids",
  },
  activate_policy_rule: switches("policy_rule", "activate"),
  deactivate_policy_rule: switches("policy_rule", "deactivate"),
  create_device_assurance_policy: {
    arrange: async (org) => ({ args: { policy_data: DEVICES }, look: looking(org, "list_device_assurance_policies") }),
    undo: "back",
  },
  replace_device_assurance_policy: {
    async arrange(org) {
      const device_assurance_id = await idOf(org, "create_device_assurance_policy", { policy_data: DEVICES });
      const policy_data = { ...DEVICES, osVersion: { minimum: "15.0" }, laterField: { deep: [] }, added: 1 };
      const look = looking(org, "get_device_assurance_policy", { device_assurance_id });
      return { args: { device_assurance_id, policy_data }, look };
    },
    undo: "back",
  },
  delete_device_assurance_policy: {
    async arrange(org) {
      const device_assurance_id = await idOf(org, "create_device_assurance_policy", { policy_data: DEVICES });
      return { args: { device_assurance_id }, look: looking(org, "list_device_assurance_policies") };
    },
    undo: "with new ids",
  },
  create_brand: {
    arrange: async (org) => ({ args: { name: "Brand ブランド" }, look: looking(org, "list_brands") }),
    undo: "back",
  },
  replace_brand: {
    async arrange(org) {
      const brand = await idOf(org, "create_brand", { name: "Brand ブランド" });
      const policy = {
        agree_to_custom_privacy_policy: true,
        custom_privacy_policy_url: "https://acme.example/privacy",
      };
      await org.get("replace_brand", { brand_id: brand, name: "Brand ブランド", locale: "ja", ...policy });
      const args = { brand_id: brand, name: "Other", remove_powered_by_okta: true, allow_removals: true };
      return { args, look: looking(org, "get_brand", { brand_id: brand }) };
    },
    undo: "back",
  },
  delete_brand: {
    async arrange(org) {
      const brand = await idOf(org, "create_brand", { name: "Brand" });
      return { args: { brand_id: brand }, look: looking(org, "get_brand", { brand_id: brand }) };
    },
    undo: /theme, images, pages and mails for good/,
  },
  replace_brand_theme: {
    async arrange(org) {
      const { place, look } = await theme(org);
      const args = {
        ...place,
        primary_color_hex: "#112233",
        secondary_color_hex: "#445566",
        sign_in_page_touch_point_variant: "BACKGROUND_SECONDARY_COLOR",
        end_user_dashboard_touch_point_variant: "FULL_THEME",
        error_page_touch_point_variant: "BACKGROUND_SECONDARY_COLOR",
        email_template_touch_point_variant: "FULL_THEME",
        primary_color_contrast_hex: "#000000",
        allow_removals: true,
      };
      return { args, look };
    },
    undo: "back",
  },
  upload_brand_theme_logo: upload(""),
  upload_brand_theme_favicon: upload(""),
  upload_brand_theme_background_image: upload(""),
  delete_brand_theme_logo: deleteImage("logo"),
  delete_brand_theme_favicon: deleteImage("favicon"),
  delete_brand_theme_background_image: deleteImage("background_image"),
  replace_customized_sign_in_page: {
    "the first": replacesPage("customized_sign_in_page", "none"),
    another: replacesPage("customized_sign_in_page", "one"),
  },
  replace_preview_sign_in_page: {
    "the first": replacesPage("preview_sign_in_page", "none"),
    another: replacesPage("preview_sign_in_page", "one"),
  },
  replace_customized_error_page: {
    "the first": replacesPage("customized_error_page", "none"),
    another: replacesPage("customized_error_page", "one"),
  },
  replace_preview_error_page: {
    "the first": replacesPage("preview_error_page", "none"),
    another: replacesPage("preview_error_page", "one"),
  },
  delete_customized_sign_in_page: deletesPage("customized_sign_in_page"),
  delete_preview_sign_in_page: deletesPage("preview_sign_in_page"),
  delete_customized_error_page: deletesPage("customized_error_page"),
  delete_preview_error_page: deletesPage("preview_error_page"),
  replace_sign_out_page_settings: {
    "to a page elsewhere": {
      arrange: async (org) => ({
        args: { brand_id, type: "EXTERNALLY_HOSTED", url: "https://acme.example/bye" },
        look: looking(org, "get_sign_out_page_settings", { brand_id }),
      }),
      undo: "back",
    },
    "to Okta's page": {
      async arrange(org) {
        const elsewhere = { brand_id, type: "EXTERNALLY_HOSTED", url: "https://acme.example/bye" };
        await org.get("replace_sign_out_page_settings", elsewhere);
        return {
          args: { brand_id, type: "OKTA_DEFAULT" },
          look: looking(org, "get_sign_out_page_settings", { brand_id }),
        };
      },
      undo: "back",
    },
  },
  create_email_customization: {
    "the first": {
      arrange: async (org) => ({ args: { ...template, ...text, language: "en" }, look: texts(org) }),
      undo: "back",
    },
    another: {
      async arrange(org) {
        await customization(org, "en");
        return { args: { ...template, ...text, language: "ja" }, look: texts(org) };
      },
      undo: "back",
    },
  },
  replace_email_customization: {
    "its texts": {
      async arrange(org) {
        const customization_id = await customization(org, "en");
        return {
          args: { ...template, customization_id, ...text, subject: "Другой", language: "en" },
          look: texts(org),
        };
      },
      undo: "back",
    },
    "into the default": {
      async arrange(org) {
        await customization(org, "en");
        const customization_id = await customization(org, "ja");
        const args = { ...template, customization_id, ...text, subject: "新", language: "ja", is_default: true };
        return { args, look: texts(org) };
      },
      undo: "back",
    },
  },
  delete_email_customization: {
    async arrange(org) {
      await customization(org, "en");
      return { args: { ...template, customization_id: await customization(org, "ja") }, look: texts(org) };
    },
    undo: "with new ids",
  },
  delete_all_email_customizations: {
    async arrange(org) {
      await customization(org, "en");
      await customization(org, "ja");
      return { args: template, look: texts(org) };
    },
    undo: "with new ids",
  },
  replace_email_settings: {
    arrange: async (org) => ({
      args: { ...optional, recipients: "NO_USERS" },
      look: looking(org, "get_email_settings", optional),
    }),
    undo: "back",
  },
  send_test_email: {
    arrange: async () => ({ args: template, look: async () => Math.random() }),
    undo: /mail that was sent/,
  },
  create_custom_domain: {
    arrange: async (org) => ({ args: domains, look: looking(org, "list_custom_domains") }),
    undo: "back",
  },
  replace_custom_domain: {
    async arrange(org) {
      const domain_id = org.org
        .area(customDomainArea)
        .add({ domain: domains.domain, certificateSourceType: "MANUAL", brandId: brand_id }).id;
      const other = await idOf(org, "create_brand", { name: "Other" });
      return { args: { domain_id, brand_id: other }, look: looking(org, "get_custom_domain", { domain_id }) };
    },
    undo: "back",
  },
  delete_custom_domain: {
    async arrange(org) {
      const domain_id = await idOf(org, "create_custom_domain", domains);
      return { args: { domain_id }, look: looking(org, "get_custom_domain", { domain_id }) };
    },
    undo: /create_custom_domain, set the DNS records/,
  },
  verify_custom_domain: {
    async arrange(org) {
      const domain_id = await idOf(org, "create_custom_domain", domains);
      return { args: { domain_id }, look: async () => Math.random() };
    },
    undo: /What a check has found/,
  },
  upsert_custom_domain_certificate: {
    async arrange(org) {
      const store = org.org.area(customDomainArea);
      const domain = store.add({
        domain: "login.acme-robotics.example",
        certificateSourceType: "MANUAL",
        validationStatus: "VERIFIED",
      });
      const args = {
        domain_id: domain.id,
        certificate: await fixture("leaf.pem"),
        certificate_chain: await fixture("intermediate.pem"),
        private_key_file_path: "login.key",
      };
      return { args, look: looking(org, "get_custom_domain", { domain_id: domain.id }) };
    },
    undo: /no private key/,
  },
  create_email_domain: {
    arrange: async (org) => ({ args: sender, look: looking(org, "list_email_domains") }),
    undo: "back",
  },
  replace_email_domain: {
    async arrange(org) {
      const email_domain_id = await idOf(org, "create_email_domain", sender);
      const args = { email_domain_id, display_name: "Other", user_name: "hello" };
      return { args, look: looking(org, "get_email_domain", { email_domain_id }) };
    },
    undo: "back",
  },
  delete_email_domain: {
    async arrange(org) {
      const email_domain_id = await idOf(org, "create_email_domain", sender);
      return { args: { email_domain_id }, look: looking(org, "get_email_domain", { email_domain_id }) };
    },
    undo: /create_email_domain, set the DNS records/,
  },
  verify_email_domain: {
    async arrange(org) {
      const domain = org.org.area(emailDomainArea).add({ domain: "m.acme.example", displayName: "D", userName: "d" });
      org.org.area(dnsArea).set(...recordsOf(domain));
      const email_domain_id = domain.id;
      return { args: { email_domain_id }, look: async () => Math.random() };
    },
    undo: /What a check has found/,
  },
};

/** Every scenario with its tool and what tells it from others of the tool. */
export const ALL_SCENARIOS = Object.entries(SCENARIOS).flatMap(([tool, one]) =>
  "arrange" in one
    ? [{ tool, name: tool, ...(one as Scenario) }]
    : Object.entries(one).map(([which, scenario]) => ({ tool, name: `${tool}, ${which}`, ...scenario })),
);
