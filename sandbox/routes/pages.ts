import { invalid, notFound } from "../okta-error.js";
import type { Org } from "../org.js";
import type { Route, SandboxRequest } from "../route.js";
import { DEFAULT_PAGES, WIDGET_VERSIONS } from "../seed/pages.js";
import { type Brand, brandArea, type PageKind, type PageState } from "../state/brand-store.js";
import type { JsonObject } from "../state/model.js";
import { brandOf, linkTo } from "./brand-view.js";
import { bodyOf, doerOf, objectIn, wordsOf } from "./shared.js";

const READ = "okta.brands.read";
const MANAGE = "okta.brands.manage";
const PAGES = "/api/v1/brands/{brandId}/pages";
const KINDS: readonly PageKind[] = ["sign-in", "error"];
const STATES: readonly PageState[] = ["customized", "preview"];
const EXPANDABLE = ["default", "customized", "customizedUrl", "preview", "previewUrl"];

/** The address of each page for a browser. */
const ADDRESSES: Record<PageKind, Record<PageState, string>> = {
  "sign-in": { customized: "/login/login.htm", preview: "/login/preview" },
  error: { customized: "/error", preview: "/error/preview" },
};

/** Sign-in, error and sign-out pages. A brand has at most one page of each kind and state. */
export function pageRoutes(org: Org): Route[] {
  return [
    ...KINDS.flatMap((kind) => [...rootRoutes(org, kind), ...STATES.flatMap((state) => stateRoutes(org, kind, state))]),
    ...signOutRoutes(org),
    {
      method: "GET",
      template: `${PAGES}/sign-in/widget-versions`,
      scope: READ,
      handle(request) {
        brandOf(org, request);
        return { status: 200, json: WIDGET_VERSIONS };
      },
    },
  ];
}

function rootRoutes(org: Org, kind: PageKind): Route[] {
  return [
    {
      method: "GET",
      template: `${PAGES}/${kind}`,
      scope: READ,
      handle: (request) => ({ status: 200, json: pageRoot(org, brandOf(org, request), kind, request) }),
    },
    {
      method: "GET",
      template: `${PAGES}/${kind}/default`,
      scope: READ,
      handle(request) {
        brandOf(org, request);
        return { status: 200, json: DEFAULT_PAGES[kind] };
      },
    },
  ];
}

function pageRoot(org: Org, brand: Brand, kind: PageKind, request: SandboxRequest): JsonObject {
  const store = org.area(brandArea);
  const asked = wordsOf(request, "expand");
  const odd = asked.find((word) => !EXPANDABLE.includes(word));
  if (odd !== undefined) throw invalid("expand", `expand: "${odd}" is not a value of this parameter.`);
  const path = `/api/v1/brands/${brand.id}/pages/${kind}`;
  const embedded: JsonObject = asked.includes("default") ? { default: DEFAULT_PAGES[kind] } : {};
  const links: JsonObject = { self: linkTo(org, path, "GET"), default: linkTo(org, `${path}/default`, "GET") };
  for (const state of STATES) {
    const page = store.pageOf(brand, kind, state);
    links[state] = linkTo(org, `${path}/${state}`, "GET", "PUT", "DELETE");
    if (asked.includes(state) && page !== undefined) embedded[state] = page;
    if (asked.includes(`${state}Url`)) embedded[`${state}Url`] = `${org.origin}${ADDRESSES[kind][state]}`;
  }
  return { ...(asked.length > 0 && { _embedded: embedded }), _links: links };
}

function stateRoutes(org: Org, kind: PageKind, state: PageState): Route[] {
  const store = org.area(brandArea);
  const template = `${PAGES}/${kind}/${state}`;
  const shown = (brand: Brand, page: JsonObject) => ({
    status: 200,
    headers: { Location: `${org.origin}/api/v1/brands/${brand.id}/pages/${kind}/${state}` },
    json: page,
  });
  const missing = (brand: Brand) => notFound(`${brand.id}/${kind}/${state}`, "CustomizablePage");
  return [
    {
      method: "GET",
      template,
      scope: READ,
      handle(request) {
        const brand = brandOf(org, request);
        const page = store.pageOf(brand, kind, state);
        if (page === undefined) throw missing(brand);
        return shown(brand, page);
      },
    },
    {
      method: "PUT",
      template,
      scope: MANAGE,
      handle(request) {
        const brand = brandOf(org, request);
        const { _links, ...page } = bodyOf(request);
        checkPage(kind, page);
        store.setPage(brand, kind, state, page, doerOf(org, request));
        return shown(brand, page);
      },
    },
    {
      method: "DELETE",
      template,
      scope: MANAGE,
      handle(request) {
        const brand = brandOf(org, request);
        if (!store.removePage(brand, kind, state, doerOf(org, request))) throw missing(brand);
        return { status: 204 };
      },
    },
  ];
}

function checkPage(kind: PageKind, page: JsonObject): void {
  if (page.pageContent !== undefined && (typeof page.pageContent !== "string" || page.pageContent === "")) {
    throw invalid("pageContent", "pageContent: The field cannot be left blank");
  }
  const policy = objectIn(page, "contentSecurityPolicySetting");
  if (policy?.mode !== undefined && policy.mode !== "enforced" && policy.mode !== "report_only") {
    throw invalid("mode", "mode: The value must be enforced or report_only.");
  }
  if (policy?.srcList !== undefined && !Array.isArray(policy.srcList)) {
    throw invalid("srcList", "srcList: The value must be a list.");
  }
  if (kind !== "sign-in") return;
  const { widgetVersion } = page;
  // Schema `Version` of the Management API document.
  const isVersion = typeof widgetVersion === "string" && /^(?:\*|\^?\d+(?:\.\d+){0,2})$/.test(widgetVersion);
  if (widgetVersion !== undefined && !isVersion) {
    throw invalid("widgetVersion", "widgetVersion: The value is no version of the Sign-In Widget.");
  }
  const { widgetGeneration } = objectIn(page, "widgetCustomizations") ?? {};
  if (widgetGeneration !== undefined && widgetGeneration !== "G2" && widgetGeneration !== "G3") {
    throw invalid("widgetGeneration", "widgetGeneration: The value must be G2 or G3.");
  }
}

function signOutRoutes(org: Org): Route[] {
  const store = org.area(brandArea);
  const template = `${PAGES}/sign-out/customized`;
  return [
    {
      method: "GET",
      template,
      scope: READ,
      handle: (request) => ({ status: 200, json: store.signOutOf(brandOf(org, request)) }),
    },
    {
      method: "PUT",
      template,
      scope: MANAGE,
      handle(request) {
        const brand = brandOf(org, request);
        const { _links, ...settings } = bodyOf(request);
        const { type, url } = settings;
        if (type !== "OKTA_DEFAULT" && type !== "EXTERNALLY_HOSTED") {
          throw invalid("type", "type: The value must be OKTA_DEFAULT or EXTERNALLY_HOSTED.");
        }
        if (type === "EXTERNALLY_HOSTED" && (typeof url !== "string" || !URL.canParse(url))) {
          throw invalid("url", "url: The value must be a URL.");
        }
        store.setSignOut(brand, settings, doerOf(org, request));
        return { status: 200, json: settings };
      },
    },
  ];
}
