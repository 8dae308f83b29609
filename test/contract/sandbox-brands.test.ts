import { expect, test } from "vitest";
import { Org } from "../../sandbox/org.js";
import { managementRoutes } from "../../sandbox/routes/index.js";
import { CARE_BRAND_ID, JAPAN_BRAND_ID } from "../../sandbox/seed/brands.js";
import { brandArea, DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { judgedByOkta, openJudgedSandbox } from "../support/contract.js";
import { ico, png } from "../support/images.js";
import { openSandbox } from "../support/sandbox.js";

const routes = managementRoutes(new Org({ origin: "http://127.0.0.1:1", seed: 1, now: () => 0 }));
const BRANDS = /^\/api\/v1\/brands(?!\/\{brandId\}\/templates)/;
const UPLOAD = /\/(logo|favicon|background-image)$/;

judgedByOkta("the sandbox's brands, judged by Okta's OpenAPI document", (api) => {
  test("the company's brands, themes and pages are as Okta would show them", async () => {
    const { all, call, org } = await openJudgedSandbox(api);
    const store = org.area(brandArea);
    const record = { recordType: "TXT", fqdn: "_oktaverification.jp.example.com", values: ["79496f"], expiration: "x" };
    store.links.domains = (brandId) => [{ id: "OcD1", brandId, domain: "jp.example.com", dnsRecords: [record] }];
    for (const { id } of await all("/api/v1/brands?limit=1&expand=themes,domains,emailDomain")) {
      const path = `/api/v1/brands/${id}`;
      await call("GET", `${path}?expand=themes`);
      await call("GET", `${path}/domains`);
      await call("GET", `${path}/pages/sign-out/customized`);
      for (const kind of ["sign-in", "error"]) {
        await call("GET", `${path}/pages/${kind}?expand=default,customized,customizedUrl,preview,previewUrl`);
        for (const state of ["default", "customized", "preview"]) await call("GET", `${path}/pages/${kind}/${state}`);
      }
    }
  });

  test("every operation answers as Okta would, when it succeeds and when it refuses", async () => {
    const { ok, refused, succeeded, org } = await openJudgedSandbox(api);
    const brand = await ok("POST", "/api/v1/brands", { name: "Judged" });
    const path = `/api/v1/brands/${brand.id}`;
    await refused("POST", "/api/v1/brands", { name: "Judged" });
    await refused("POST", "/api/v1/brands", {});
    await refused("POST", "/api/v1/brands", { name: "DRAPP_DOMAIN_BRAND" });
    await ok("GET", "/api/v1/brands?q=judge");
    await refused("GET", "/api/v1/brands?limit=201");
    await refused("GET", "/api/v1/brands?expand=pages");
    const settings = { name: "Judged", locale: "nl", customPrivacyPolicyUrl: "https://x.example/" };
    await ok("PUT", path, { ...settings, agreeToCustomPrivacyPolicy: true, defaultApp: { appInstanceId: "0oa1" } });
    await refused("PUT", path, settings);
    await refused("PUT", path, { name: "Acme Care" });
    await refused("PUT", path, { name: "Judged", locale: "not a language" });
    await ok("GET", `${path}?expand=themes,domains,emailDomain`);
    await ok("GET", `${path}/domains`);
    await refused("GET", `${path}x`);

    const [theme] = await ok("GET", `${path}/themes`);
    const { id: _id, logo: _logo, favicon: _favicon, backgroundImage: _background, _links, ...look } = theme;
    await ok("GET", `${path}/themes/${theme.id}`);
    await ok("PUT", `${path}/themes/${theme.id}`, { ...look, errorPageTouchPointVariant: "BACKGROUND_IMAGE" });
    await refused("PUT", `${path}/themes/${theme.id}`, { ...look, errorPageTouchPointVariant: "HOLOGRAM" });
    await refused("PUT", `${path}/themes/${theme.id}`, { primaryColorHex: "#000000" });
    await refused("GET", `${path}/themes/${theme.id}x`);
    for (const image of ["logo", "favicon", "background-image"]) {
      await ok("DELETE", `${path}/themes/${theme.id}/${image}`);
      await refused("POST", `${path}/themes/${theme.id}/${image}`);
    }

    for (const kind of ["sign-in", "error"]) {
      const pages = `${path}/pages/${kind}`;
      await ok("GET", pages);
      await ok("GET", `${pages}/default`);
      for (const state of ["customized", "preview"]) {
        await refused("GET", `${pages}/${state}`);
        await refused("DELETE", `${pages}/${state}`);
        await refused("PUT", `${pages}/${state}`, { pageContent: "" });
        await refused("PUT", `${pages}/${state}`, { contentSecurityPolicySetting: { mode: "loose" } });
        await ok("PUT", `${pages}/${state}`, {
          pageContent: "<p>",
          contentSecurityPolicySetting: { mode: "enforced" },
        });
        await ok("GET", `${pages}/${state}`);
        await ok("GET", `${pages}?expand=default,${state},${state}Url`);
        await ok("DELETE", `${pages}/${state}`);
      }
    }
    await refused("PUT", `${path}/pages/sign-in/preview`, { widgetVersion: "latest" });
    await ok("GET", `${path}/pages/sign-in/widget-versions`);
    await ok("GET", `${path}/pages/sign-out/customized`);
    await ok("PUT", `${path}/pages/sign-out/customized`, { type: "EXTERNALLY_HOSTED", url: "https://x.example/" });
    await refused("PUT", `${path}/pages/sign-out/customized`, { type: "EXTERNALLY_HOSTED" });

    await refused("DELETE", `/api/v1/brands/${DEFAULT_BRAND_ID}`);
    org.area(brandArea).links.domains = (id) => (id === CARE_BRAND_ID ? [{ id: "OcD1", domain: "x.example" }] : []);
    await refused("DELETE", `/api/v1/brands/${CARE_BRAND_ID}`);
    await ok("DELETE", path);
    await refused("DELETE", path);

    const mine = routes.filter(
      ({ method, template }) => BRANDS.test(template) && !(method === "POST" && UPLOAD.test(template)),
    );
    expect([...succeeded].sort()).toEqual(mine.map(({ method, template }) => `${method} ${template}`).sort());
  });

  test("uploads are answered as Okta would", async () => {
    const { origin, authorizationHeader, org } = await openSandbox({ seed: 1 });
    const store = org.area(brandArea);
    const brand = store.get(JAPAN_BRAND_ID);
    const path = `/api/v1/brands/${JAPAN_BRAND_ID}/themes/${brand && store.themeOf(brand).id}`;
    const files = { logo: png(300, 50), favicon: ico(16), "background-image": png(100), "logo ": Buffer.from("text") };
    for (const [image, data] of Object.entries(files)) {
      const body = new FormData();
      body.append("file", new Blob([new Uint8Array(data)]), image === "favicon" ? "icon.ico" : "image.png");
      const url = new URL(`${path}/${image.trim()}`, origin);
      const response = await fetch(url, { method: "POST", headers: authorizationHeader, body });
      const operation = api.byPath("POST", url.pathname);
      if (operation === undefined) throw new Error(`Okta has no operation POST ${url.pathname}.`);
      expect(api.answerFaults(operation, response.status, await response.json())).toEqual([]);
      expect(response.status < 300).toBe(image !== "logo ");
    }
  });
});
