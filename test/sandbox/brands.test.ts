import { describe, expect, test } from "vitest";
import { brandArea, DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { gif, png } from "../support/images.js";
import { type Answer, errorOf, openSandbox } from "../support/sandbox.js";

const one = `/api/v1/brands/${DEFAULT_BRAND_ID}`;

/** Opens a sandbox and returns a function that uploads files as the logo of its default brand. */
async function open() {
  const sandbox = await openSandbox();
  const store = sandbox.org.area(brandArea);
  const brand = store.get(DEFAULT_BRAND_ID);
  if (brand === undefined) throw new Error("There is no default brand.");
  const theme = `${one}/themes/${store.themeOf(brand).id}`;
  async function upload(body: FormData | string, headers: Record<string, string> = {}, image = "logo") {
    const response = await fetch(new URL(`${theme}/${image}`, sandbox.origin), {
      method: "POST",
      headers: { ...sandbox.authorizationHeader, ...headers },
      body,
    });
    const json: Answer["json"] = await response.json();
    return { status: response.status, headers: response.headers, json };
  }
  return { ...sandbox, store, brand, theme, upload };
}

function form(...parts: [name: string, data: Uint8Array | string, fileName?: string][]): FormData {
  const body = new FormData();
  for (const [name, data, fileName = "logo.png"] of parts) {
    if (typeof data === "string") body.append(name, data);
    else body.append(name, new Blob([new Uint8Array(data)], { type: "image/png" }), fileName);
  }
  return body;
}

test("an org without a company still has its default brand with Okta's look", async () => {
  const { get } = await open();
  expect((await get("/api/v1/brands")).json).toEqual([
    expect.objectContaining({ id: DEFAULT_BRAND_ID, isDefault: true, locale: "en", customPrivacyPolicyUrl: null }),
  ]);
  expect((await get(`${one}/themes`)).json).toHaveLength(1);
});

describe("a brand", () => {
  test("is replaced as a whole: what the body lacks falls back, what nobody knows stays", async () => {
    const { call } = await open();
    await call("PUT", one, { name: "One", locale: "de", removePoweredByOkta: true, newField: [1] });
    const { json } = await call("PUT", one, { name: "Two", id: "bndOther", isDefault: false });
    expect(json).toMatchObject({ id: DEFAULT_BRAND_ID, isDefault: true, name: "Two", locale: "en" });
    expect(json.removePoweredByOkta).toBe(false);
    expect(json).not.toHaveProperty("newField");
  });

  test("needs consent for a privacy policy, and none to give it up", async () => {
    const { call } = await open();
    const policy = { name: "One", customPrivacyPolicyUrl: "https://acme.example/privacy" };
    expect(errorOf(await call("PUT", one, policy))).toMatchObject({ status: 400, code: "E0000001" });
    expect((await call("PUT", one, { ...policy, agreeToCustomPrivacyPolicy: true })).status).toBe(200);
    expect((await call("PUT", one, { name: "One" })).json.customPrivacyPolicyUrl).toBeNull();
  });

  test("is refused a second time, deleted as the default, and deleted while a domain shows it, by Okta's codes", async () => {
    const { call, store } = await open();
    const { json: brand } = await call("POST", "/api/v1/brands", { name: "Shop" });
    expect(errorOf(await call("POST", "/api/v1/brands", { name: "Shop" }))).toMatchObject({
      status: 409,
      code: "E0000202",
    });
    expect(errorOf(await call("DELETE", one))).toMatchObject({ status: 409, code: "E0000200" });
    store.links.domains = (id) => (id === brand.id ? [{ id: "OcD1", domain: "shop.example" }] : []);
    expect(errorOf(await call("DELETE", `/api/v1/brands/${brand.id}`))).toMatchObject({
      status: 409,
      code: "E0000201",
    });
    store.links.domains = () => [];
    expect((await call("DELETE", `/api/v1/brands/${brand.id}`)).status).toBe(204);
  });

  test("leaves an event in the system log with every write", async () => {
    const { call, org } = await open();
    const { json: brand } = await call("POST", "/api/v1/brands", { name: "Shop" });
    await call("PUT", `/api/v1/brands/${brand.id}/pages/error/customized`, { pageContent: "<p>" });
    await call("DELETE", `/api/v1/brands/${brand.id}`);
    const events = org.events.map(({ eventType, target }) => [eventType, (target as { id: string }[])[0]?.id]);
    expect(events.filter(([, id]) => id === brand.id)).toEqual([
      ["system.brand.create", brand.id],
      ["system.custom_error.update", brand.id],
      ["system.brand.delete", brand.id],
    ]);
  });
});

describe("a theme", () => {
  const look = {
    primaryColorHex: "#ffffff",
    secondaryColorHex: "#000000",
    signInPageTouchPointVariant: "OKTA_DEFAULT",
    endUserDashboardTouchPointVariant: "OKTA_DEFAULT",
    errorPageTouchPointVariant: "OKTA_DEFAULT",
    emailTemplateTouchPointVariant: "OKTA_DEFAULT",
  };

  test("gets readable text on its colours where nobody chose any", async () => {
    const { call, theme } = await open();
    expect((await call("PUT", theme, look)).json).toMatchObject({
      primaryColorContrastHex: "#000000",
      secondaryColorContrastHex: "#ffffff",
      loadingPageTouchPointVariant: "OKTA_DEFAULT",
    });
    const chosen = await call("PUT", theme, { ...look, primaryColorContrastHex: "#ffffff" });
    expect(chosen.json.primaryColorContrastHex).toBe("#ffffff");
  });

  test("keeps its images when it is replaced, and has them changed by uploads only", async () => {
    const { call, get, theme, upload } = await open();
    const { url } = (await upload(form(["file", png(300, 50)]))).json;
    await call("PUT", theme, { ...look, logo: "https://elsewhere.example/x.png" });
    expect((await get(theme)).json.logo).toBe(url);
    expect((await call("DELETE", `${theme}/logo`)).status).toBe(204);
    expect((await get(theme)).json.logo).toMatch(/okta-logo/);
  });

  test("names every setting that is wrong", async () => {
    const { call, theme } = await open();
    const wrong = { ...look, primaryColorHex: "red", emailTemplateTouchPointVariant: "LOUD" };
    const { code, causes } = errorOf(await call("PUT", theme, wrong));
    expect(code).toBe("E0000001");
    expect(causes).toHaveLength(2);
  });
});

describe("an upload", () => {
  test.each([
    ["a file whose name has no ending", form(["file", png(9), "logo"])],
    ["a file with the ending of a text", form(["file", png(9), "logo.txt"])],
    ["two files", form(["file", png(9)], ["file", png(9)])],
    ["a file and a field", form(["file", png(9)], ["note", "x"])],
    ["a file of another name", form(["logo", png(9)])],
    ["a field", form(["file", "not a file"])],
    ["nothing", form()],
    ["no image", form(["file", Buffer.from("<html>")])],
    ["a file too large", form(["file", Buffer.concat([gif(9), Buffer.alloc(200_000)])])],
  ])("of %s is refused", async (_name, body) => {
    const { upload, get, theme } = await open();
    const answer = await upload(body);
    expect(errorOf(answer)).toMatchObject({ status: 400, code: "E0000001" });
    expect((await get(theme)).json.logo).toMatch(/okta-logo/);
  });

  test("that is no form, or a broken one, is refused", async () => {
    const { upload } = await open();
    expect((await upload("{}", { "content-type": "application/json" })).status).toBe(415);
    const broken = { "content-type": "multipart/form-data; boundary=x" };
    expect(errorOf(await upload("--x\r\nnonsense", broken))).toMatchObject({ status: 400, code: "E0000003" });
  });

  test("of a favicon has to be small and square", async () => {
    const { upload } = await open();
    expect((await upload(form(["file", png(513)]), {}, "favicon")).status).toBe(400);
    expect((await upload(form(["file", png(20, 30)]), {}, "favicon")).status).toBe(400);
    expect((await upload(form(["file", png(512)]), {}, "favicon")).status).toBe(201);
  });
});

test("a brand has one page of each kind and state, which the next replaces whole", async () => {
  const { call, get } = await open();
  const path = `${one}/pages/sign-in/customized`;
  await call("PUT", path, { pageContent: "<p>one", widgetVersion: "7", newField: 1 });
  await call("PUT", path, { pageContent: "<p>two" });
  const { json, headers } = await get(path);
  expect(json).toEqual({ pageContent: "<p>two" });
  expect(headers.get("location")).toMatch(/pages\/sign-in\/customized$/);
  expect((await get(`${one}/pages/sign-in/preview`)).status).toBe(404);
  expect((await get(`${one}/pages/error/customized`)).status).toBe(404);
});
