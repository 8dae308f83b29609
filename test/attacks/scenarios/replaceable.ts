import { brandArea } from "../../../sandbox/state/brand-store.js";
import { POLICIES } from "../../../sandbox/state/default-policies.js";
import { DEVICE_ASSURANCE } from "../../../sandbox/state/device-assurance.js";
import type { Act } from "../attack.js";

/** Adds policies, a group and an app to an org, all with settings that a replace can lose. */
export function fillDirectory({ sandbox: { org } }: Act) {
  const people = org.groups.all().filter(({ type }) => type === "OKTA_GROUP");
  const [first, second] = people.map(({ id }) => id);
  for (const name of ["owners", "costs", "rooms"]) org.groupAttributes.set(name, { type: "array", title: name });
  const profile = { name: "Lab", description: "Where it is tried", owners: ["ada", "grace"] };
  const group = org.addGroup({ profile });

  const policies = org.area(POLICIES);
  const conditions = { people: { groups: { include: [first, second] } } };
  const settings = {
    password: { complexity: { minLength: 14, excludeAttributes: ["firstName", "lastName"] }, age: { historyCount: 9 } },
  };
  const policy = policies.add({
    given: { type: "PASSWORD", name: "Strict", description: "For the lab", conditions, settings } as never,
  });
  const ruled = policies.add({ given: { type: "OKTA_SIGN_ON", name: "Ruled", description: "x", conditions } as never });
  const network = { connection: "ZONE", include: ["nzo1", "nzo2"] };
  const signon = {
    access: "ALLOW",
    requireFactor: true,
    session: { usePersistentCookie: true, maxSessionIdleMinutes: 9 },
  };
  const rule = policies.addRule(ruled, {
    given: { type: "SIGN_ON", name: "Zones", conditions: { ...conditions, network }, actions: { signon } } as never,
  });
  const app = org.addApp({
    label: "Wiki",
    name: "bookmark",
    signOnMode: "BOOKMARK",
    accessibility: { selfService: false, errorRedirectUrl: "https://acme.example/e", loginRedirectUrl: null },
    visibility: { autoLaunch: true, hide: { iOS: true, web: true }, appLinks: { login: true } },
    settings: {
      app: { requestIntegration: false, url: "https://wiki.example" },
      notes: { admin: "Ask Grace", enduser: "x" },
    },
    profile: { owners: ["ada", "grace"], level: { tier: "gold" } },
  });
  const [assurance] = [...org.area(DEVICE_ASSURANCE).values()];
  return { group, profile, policy, place: { policy_id: ruled.id, rule_id: rule.id }, app, assurance };
}

/** Adds a brand to an org, with settings that a replace can lose. */
export function fillBrand({ sandbox: { org } }: Act) {
  const brands = org.area(brandArea);
  const brand = brands.add({ name: "Lab", customPrivacyPolicyUrl: "https://acme.example/p", locale: "de" } as never);
  const page = {
    pageContent: "<html>Lab</html>",
    contentSecurityPolicySetting: {
      mode: "enforced",
      srcList: ["https://a.example", "https://b.example"],
      reportUri: "https://r.example",
    },
  };
  const widget = { widgetVersion: "^7", widgetCustomizations: { signInLabel: "Come in", customLink1Label: "Help" } };
  for (const kind of ["sign-in", "error"] as const) {
    for (const state of ["customized", "preview"] as const) {
      brands.setPage(brand, kind, state, { ...page, ...(kind === "sign-in" ? widget : {}) } as never);
    }
  }
  brands.setSignOut(brand, { type: "EXTERNALLY_HOSTED", url: "https://acme.example/bye" });
  const theme = brands.changeTheme(brand, {
    primaryColorHex: "#112233",
    secondaryColorHex: "#332211",
    primaryColorContrastHex: "#ffffff",
    secondaryColorContrastHex: "#ffffff",
    signInPageTouchPointVariant: "OKTA_DEFAULT",
    endUserDashboardTouchPointVariant: "OKTA_DEFAULT",
    errorPageTouchPointVariant: "OKTA_DEFAULT",
    emailTemplateTouchPointVariant: "OKTA_DEFAULT",
    loadingPageTouchPointVariant: "NONE",
  });
  return { brand, page, widget, theme };
}

export type Directory = ReturnType<typeof fillDirectory>;
export type Design = ReturnType<typeof fillBrand>;

/** The arguments that replace a page by itself. */
export const pageArguments = ({ brand, page }: Design) => ({
  brand_id: brand.id,
  page_content: page.pageContent,
  csp_mode: "enforced",
  csp_report_uri: page.contentSecurityPolicySetting.reportUri,
  csp_src_list: page.contentSecurityPolicySetting.srcList,
});
