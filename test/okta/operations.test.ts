import { describe, expect, test } from "vitest";
import type { Json } from "../../src/json/json.js";
import { buildRequest } from "../../src/okta/build-request.js";
import type { Api, createOperations } from "../../src/okta/operations.js";
import { recorder, requestOf } from "./recorder.js";

const OPERATIONS_IN_USE = `
users.listUsers GET /api/v1/users
users.getUser GET /api/v1/users/{userId}
schemas.getUserSchema GET /api/v1/meta/schemas/user/{schemaId}
users.createUser POST /api/v1/users
users.updateUser POST /api/v1/users/{userId}
users.deactivateUser POST /api/v1/users/{userId}/lifecycle/deactivate
users.deleteUser DELETE /api/v1/users/{userId}
groups.listGroups GET /api/v1/groups
groups.getGroup GET /api/v1/groups/{groupId}
groups.listGroupUsers GET /api/v1/groups/{groupId}/users
groups.listAssignedApplicationsForGroup GET /api/v1/groups/{groupId}/apps
groups.createGroup POST /api/v1/groups
groups.replaceGroup PUT /api/v1/groups/{groupId}
groups.deleteGroup DELETE /api/v1/groups/{groupId}
groups.assignUserToGroup PUT /api/v1/groups/{groupId}/users/{userId}
groups.unassignUserFromGroup DELETE /api/v1/groups/{groupId}/users/{userId}
applications.listApplications GET /api/v1/apps
applications.getApplication GET /api/v1/apps/{appId}
applications.createApplication POST /api/v1/apps
applications.replaceApplication PUT /api/v1/apps/{appId}
applications.deleteApplication DELETE /api/v1/apps/{appId}
applications.activateApplication POST /api/v1/apps/{appId}/lifecycle/activate
applications.deactivateApplication POST /api/v1/apps/{appId}/lifecycle/deactivate
policies.listPolicies GET /api/v1/policies
policies.getPolicy GET /api/v1/policies/{policyId}
policies.createPolicy POST /api/v1/policies
policies.replacePolicy PUT /api/v1/policies/{policyId}
policies.deletePolicy DELETE /api/v1/policies/{policyId}
policies.activatePolicy POST /api/v1/policies/{policyId}/lifecycle/activate
policies.deactivatePolicy POST /api/v1/policies/{policyId}/lifecycle/deactivate
policies.listPolicyRules GET /api/v1/policies/{policyId}/rules
policies.getPolicyRule GET /api/v1/policies/{policyId}/rules/{ruleId}
policies.createPolicyRule POST /api/v1/policies/{policyId}/rules
policies.replacePolicyRule PUT /api/v1/policies/{policyId}/rules/{ruleId}
policies.deletePolicyRule DELETE /api/v1/policies/{policyId}/rules/{ruleId}
policies.activatePolicyRule POST /api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/activate
policies.deactivatePolicyRule POST /api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate
deviceAssurance.listDeviceAssurancePolicies GET /api/v1/device-assurances
deviceAssurance.getDeviceAssurancePolicy GET /api/v1/device-assurances/{deviceAssuranceId}
deviceAssurance.createDeviceAssurancePolicy POST /api/v1/device-assurances
deviceAssurance.replaceDeviceAssurancePolicy PUT /api/v1/device-assurances/{deviceAssuranceId}
deviceAssurance.deleteDeviceAssurancePolicy DELETE /api/v1/device-assurances/{deviceAssuranceId}
systemLog.listLogEvents GET /api/v1/logs
customization.listBrands GET /api/v1/brands
customization.getBrand GET /api/v1/brands/{brandId}
customization.createBrand POST /api/v1/brands
customization.replaceBrand PUT /api/v1/brands/{brandId}
customization.deleteBrand DELETE /api/v1/brands/{brandId}
customization.listBrandDomains GET /api/v1/brands/{brandId}/domains
customization.listBrandThemes GET /api/v1/brands/{brandId}/themes
customization.getBrandTheme GET /api/v1/brands/{brandId}/themes/{themeId}
customization.replaceBrandTheme PUT /api/v1/brands/{brandId}/themes/{themeId}
customization.uploadBrandThemeLogo POST /api/v1/brands/{brandId}/themes/{themeId}/logo
customization.deleteBrandThemeLogo DELETE /api/v1/brands/{brandId}/themes/{themeId}/logo
customization.uploadBrandThemeFavicon POST /api/v1/brands/{brandId}/themes/{themeId}/favicon
customization.deleteBrandThemeFavicon DELETE /api/v1/brands/{brandId}/themes/{themeId}/favicon
customization.uploadBrandThemeBackgroundImage POST /api/v1/brands/{brandId}/themes/{themeId}/background-image
customization.deleteBrandThemeBackgroundImage DELETE /api/v1/brands/{brandId}/themes/{themeId}/background-image
customization.getSignInPage GET /api/v1/brands/{brandId}/pages/sign-in
customization.getCustomizedSignInPage GET /api/v1/brands/{brandId}/pages/sign-in/customized
customization.getDefaultSignInPage GET /api/v1/brands/{brandId}/pages/sign-in/default
customization.getPreviewSignInPage GET /api/v1/brands/{brandId}/pages/sign-in/preview
customization.replaceCustomizedSignInPage PUT /api/v1/brands/{brandId}/pages/sign-in/customized
customization.deleteCustomizedSignInPage DELETE /api/v1/brands/{brandId}/pages/sign-in/customized
customization.replacePreviewSignInPage PUT /api/v1/brands/{brandId}/pages/sign-in/preview
customization.deletePreviewSignInPage DELETE /api/v1/brands/{brandId}/pages/sign-in/preview
customization.listAllSignInWidgetVersions GET /api/v1/brands/{brandId}/pages/sign-in/widget-versions
customization.getErrorPage GET /api/v1/brands/{brandId}/pages/error
customization.getCustomizedErrorPage GET /api/v1/brands/{brandId}/pages/error/customized
customization.getDefaultErrorPage GET /api/v1/brands/{brandId}/pages/error/default
customization.getPreviewErrorPage GET /api/v1/brands/{brandId}/pages/error/preview
customization.replaceCustomizedErrorPage PUT /api/v1/brands/{brandId}/pages/error/customized
customization.deleteCustomizedErrorPage DELETE /api/v1/brands/{brandId}/pages/error/customized
customization.replacePreviewErrorPage PUT /api/v1/brands/{brandId}/pages/error/preview
customization.deletePreviewErrorPage DELETE /api/v1/brands/{brandId}/pages/error/preview
customization.getSignOutPageSettings GET /api/v1/brands/{brandId}/pages/sign-out/customized
customization.replaceSignOutPageSettings PUT /api/v1/brands/{brandId}/pages/sign-out/customized
customization.listEmailTemplates GET /api/v1/brands/{brandId}/templates/email
customization.getEmailTemplate GET /api/v1/brands/{brandId}/templates/email/{templateName}
customization.listEmailCustomizations GET /api/v1/brands/{brandId}/templates/email/{templateName}/customizations
customization.getEmailCustomization GET /api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}
customization.getCustomizationPreview GET /api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}/preview
customization.getEmailDefaultContent GET /api/v1/brands/{brandId}/templates/email/{templateName}/default-content
customization.getEmailDefaultPreview GET /api/v1/brands/{brandId}/templates/email/{templateName}/default-content/preview
customization.getEmailSettings GET /api/v1/brands/{brandId}/templates/email/{templateName}/settings
customization.createEmailCustomization POST /api/v1/brands/{brandId}/templates/email/{templateName}/customizations
customization.replaceEmailCustomization PUT /api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}
customization.deleteEmailCustomization DELETE /api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}
customization.deleteAllCustomizations DELETE /api/v1/brands/{brandId}/templates/email/{templateName}/customizations
customization.replaceEmailSettings PUT /api/v1/brands/{brandId}/templates/email/{templateName}/settings
customization.sendTestEmail POST /api/v1/brands/{brandId}/templates/email/{templateName}/test
customDomains.listCustomDomains GET /api/v1/domains
customDomains.getCustomDomain GET /api/v1/domains/{domainId}
customDomains.createCustomDomain POST /api/v1/domains
customDomains.replaceCustomDomain PUT /api/v1/domains/{domainId}
customDomains.deleteCustomDomain DELETE /api/v1/domains/{domainId}
customDomains.upsertCertificate PUT /api/v1/domains/{domainId}/certificate
customDomains.verifyDomain POST /api/v1/domains/{domainId}/verify
emailDomains.listEmailDomains GET /api/v1/email-domains
emailDomains.getEmailDomain GET /api/v1/email-domains/{emailDomainId}
emailDomains.createEmailDomain POST /api/v1/email-domains
emailDomains.replaceEmailDomain PUT /api/v1/email-domains/{emailDomainId}
emailDomains.deleteEmailDomain DELETE /api/v1/email-domains/{emailDomainId}
emailDomains.verifyEmailDomain POST /api/v1/email-domains/{emailDomainId}/verify
`;

/** All required parameters of the operations above that are not part of a path. */
const REQUIRED: Record<string, unknown> = Object.fromEntries(
  "type body user group application policy policyRule deviceAssurance brand theme SignInPage ErrorPage HostedPage EmailSettings domain UpdateDomain certificate emailDomain updateEmailDomain"
    .split(" ")
    .map((name) => [name, "x"]),
);
REQUIRED.file = { data: new Uint8Array([1]), name: "x.png", contentType: "image/png" };

describe("operations in use", () => {
  const rows = OPERATIONS_IN_USE.trim()
    .split("\n")
    .map((row) => row.split(" ") as [string, string, string]);

  test("are 104", () => {
    expect(new Set(rows.map(([name]) => name)).size).toBe(104);
  });

  test.each(rows)("%s is %s %s", async (name, method, template) => {
    const [area, operation] = name.split(".") as [keyof ReturnType<typeof createOperations>, string];
    const ids = Object.fromEntries([...template.matchAll(/\{(\w+)\}/g)].map(([, id]) => [id, `the ${id}`]));
    const request = await requestOf((okta) => {
      const operations = okta[area] as unknown as Record<string, (params: object) => Promise<Json>>;
      return operations[operation]?.({ ...REQUIRED, ...ids }) ?? Promise.reject(new Error("no such operation"));
    });
    expect(request).toMatchObject({ operation, method, template });
    expect(request.path).toBe(template.replace(/\{(\w+)\}/g, "the%20$1"));
  });
});

describe("a request", () => {
  test("carries the body as it was given, with fields and types that nobody knows", async () => {
    const application = {
      signOnMode: "MODE_OF_NEXT_YEAR",
      name: "oidc_client",
      settings: { app: { region: "eu", nested: [{ deep: null }, []] }, unknown: 1 },
      profile: { über: "ß" },
    };
    const request = await requestOf((okta) => okta.applications.createApplication({ application, activate: false }));
    expect(request.body).toEqual({ json: application });
    expect(request.body && "json" in request.body && request.body.json).toBe(application);
    expect(String(request.query)).toBe("activate=false");
  });

  test.each([
    [{ profile: { name: "Sales", costCenter: 4711, tags: ["a"] } }],
    [{ type: "POLICY_OF_NEXT_YEAR", settings: { a: { b: 1 } }, conditions: null }],
  ])("carries %j untouched where a model would drop fields", async (policy) => {
    expect((await requestOf((okta) => okta.policies.createPolicy({ policy }))).body).toEqual({ json: policy });
    expect((await requestOf((okta) => okta.groups.createGroup({ group: policy }))).body).toEqual({ json: policy });
  });

  test("has no body where the caller gave none", async () => {
    expect((await requestOf((okta) => okta.customization.createBrand({}))).body).toBeUndefined();
    expect((await requestOf((okta) => okta.groups.deleteGroup({ groupId: "00g1" }))).body).toBeUndefined();
  });

  test("takes lists, numbers, times and any string as query values", async () => {
    const brands = await requestOf((okta) =>
      okta.customization.listBrands({ expand: ["themes", "domains"], limit: 20 }),
    );
    expect(brands.query.get("expand")).toBe("themes,domains");
    expect(brands.query.get("limit")).toBe("20");
    const logs = await requestOf((okta) =>
      okta.systemLog.listLogEvents({ since: "2026-01-02T03:04:05.678Z", q: "a+b & c" }),
    );
    expect(logs.query.get("since")).toBe("2026-01-02T03:04:05.678Z");
    expect(logs.query.get("q")).toBe("a+b & c");
    const policies = await requestOf((okta) => okta.policies.listPolicies({ type: "TYPE_OF_NEXT_YEAR" }));
    expect(String(policies.query)).toBe("type=TYPE_OF_NEXT_YEAR");
  });

  test("carries the headers that are parameters of the operation, and no others", async () => {
    const update = await requestOf((okta) => okta.users.updateUser({ userId: "00u1", user: {}, ifMatch: 'W/"1"' }));
    expect(update.headers).toEqual({ "If-Match": 'W/"1"' });
    const list = await requestOf((okta) =>
      okta.users.listUsers({ contentType: "application/json; okta-response=omitCredentials" }),
    );
    expect(list.headers).toEqual({ "Content-Type": "application/json; okta-response=omitCredentials" });
    expect((await requestOf((okta) => okta.users.getUser({ userId: "00u1" }))).headers).toBeUndefined();
  });

  test("of an upload names the part and hands on the file", async () => {
    const file = { data: new Uint8Array([0, 255, 10]), name: "logo.png", contentType: "image/png" };
    const request = await requestOf((okta) =>
      okta.customization.uploadBrandThemeLogo({ brandId: "bnd1", themeId: "thd1", file }),
    );
    expect(request.body).toEqual({ part: "file", upload: file });
  });

  test("of an upload needs a file", async () => {
    const { okta, sent } = recorder();
    const file = "logo.png" as never;
    const call = okta.customization.uploadBrandThemeLogo({ brandId: "bnd1", themeId: "thd1", file });
    await expect(call).rejects.toMatchObject({
      code: "bad_input",
      message: "uploadBrandThemeLogo needs a file as file.",
    });
    expect(sent).toEqual([]);
  });

  test("of an operation that the SDK lacks is as Okta documents it", async () => {
    const query = await requestOf((okta) =>
      okta
        .api("DirectoriesIntegration")
        .submitGroupAttributeQuery({ appInstanceId: "0oa1", groupId: "00g1", body: { a: 1 } }),
    );
    expect(query).toMatchObject({
      method: "POST",
      path: "/api/v1/directories/0oa1/groups/00g1/query",
      body: { json: { a: 1 } },
    });
    const botProtection = await requestOf((okta) => okta.api("BotProtection").getBotProtectionConfiguration({}));
    expect(botProtection).toMatchObject({ method: "GET", path: "/api/v1/bot-protection/configuration" });
  });

  test("takes query parameters that Okta documents and the SDK lacks", () => {
    const params = { appId: "0oa1", status: "ACTIVE" };
    const request = buildRequest("ApplicationCrossAppAccessConnections", "getAllCrossAppAccessConnections", params);
    expect(String(request.query)).toBe("status=ACTIVE");
  });

  test("of an operation that takes no JSON says so", async () => {
    const patch = await requestOf((okta) =>
      okta.api("Authenticator").updateCustomAAGUID({
        authenticatorId: "aut1",
        aaguid: "cb69481e",
        customAAGUIDUpdateRequestObject: { name: "Key" },
      }),
    );
    expect(patch.body).toEqual({ json: { name: "Key" }, contentType: "application/merge-patch+json" });
    const body = { data: new Uint8Array([1]), name: "c.pem", contentType: "application/x-pem-file" };
    const publish = await requestOf((okta) =>
      okta.api("Application").publishCsrFromApplication({ appId: "0oa1", csrId: "c1", body }),
    );
    expect(publish.body).toEqual({ raw: body.data, contentType: "application/x-pem-file" });
  });

  test("says which required parameter is missing", async () => {
    const { okta, sent } = recorder();
    // @ts-expect-error userId is required
    const call = okta.users.getUser({});
    await expect(call).rejects.toMatchObject({ code: "bad_input", message: "getUser needs userId." });
    expect(sent).toEqual([]);
  });
});

describe("Okta's operations", () => {
  test("refuse a name that they do not have", () => {
    for (const [api, operation] of [
      ["Nothing", "listUsers"],
      ["User", "listNothing"],
      ["User", "constructor"],
      ["User", "toString"],
      ["__proto__", "toString"],
    ] as const) {
      expect(() => buildRequest(api, operation, {})).toThrow(expect.objectContaining({ code: "bad_input" }));
    }
  });

  test("do not compile with a wrong or missing parameter", () => {
    const types = (users: Api<"User">, groups: Api<"Group">, directories: Api<"DirectoriesIntegration">) => [
      // @ts-expect-error no such parameter
      () => users.listUsers({ serch: "x" }),
      // @ts-expect-error a number, not a text
      () => users.listUsers({ limit: "5" }),
      // @ts-expect-error userId is missing
      () => groups.assignUserToGroup({ groupId: "g" }),
      // @ts-expect-error no such operation
      () => groups.removeAllGroups({}),
      // @ts-expect-error not a list, so it has no pages
      () => groups.getGroup.page({ groupId: "g" }),
      // @ts-expect-error appInstanceId is missing
      () => directories.submitGroupAttributeQuery({ groupId: "g", body: {} }),
      () => users.createUser({ body: { profile: { login: "x", custom: 1 }, unknown: [] } }),
    ];
    expect(types).toBeTypeOf("function");
  });
});
