import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EMAIL_TEMPLATES, reference } from "../../sandbox/email-texts.js";
import { Org } from "../../sandbox/org.js";
import { managementRoutes } from "../../sandbox/routes/index.js";
import { brandArea, DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { recordsOf as addressRecords, customDomainArea } from "../../sandbox/state/custom-domain-store.js";
import { dnsArea } from "../../sandbox/state/dns.js";
import { emailDomainArea, recordsOf as mailRecords } from "../../sandbox/state/email-domain-store.js";
import { emailTemplateArea } from "../../sandbox/state/email-template-store.js";
import { judgedByOkta, openJudgedSandbox } from "../support/contract.js";
import { errorOf, openSandbox } from "../support/sandbox.js";

const routes = managementRoutes(new Org({ origin: "http://127.0.0.1:1", seed: 1, now: () => 0 }));
const MINE = /^\/api\/v1\/(brands\/\{brandId\}\/templates|domains|email-domains)\b/;

const HOST = "login.acme-robotics.example";
const pem = (name: string) => readFileSync(new URL(`../fixtures/certificates/${name}`, import.meta.url), "utf8");
const files = {
  type: "PEM",
  certificate: pem("leaf.pem"),
  certificateChain: pem("intermediate.pem"),
  privateKey: pem("leaf.key"),
};

judgedByOkta("the sandbox's mails and domains, judged by Okta's OpenAPI document", (api) => {
  test("those of the company are as Okta would show them", async () => {
    const { all, call, org } = await openJudgedSandbox(api);
    let customizations = 0;
    for (const { id } of org.area(brandArea).all()) {
      const templates = `/api/v1/brands/${id}/templates/email`;
      for (const { name } of await all(`${templates}?limit=6&expand=settings,customizationCount`)) {
        const path = `${templates}/${name}`;
        await call("GET", path);
        await call("GET", `${path}/settings`);
        for (const language of ["en", "ja", "pt-BR"]) {
          await call("GET", `${path}/default-content?language=${language}`);
          await call("GET", `${path}/default-content/preview?language=${language}`);
        }
        for (const one of await all(`${path}/customizations?limit=2`)) {
          await call("GET", `${path}/customizations/${one.id}`);
          await call("GET", `${path}/customizations/${one.id}/preview`);
          customizations += 1;
        }
      }
    }
    expect(customizations).toBe(10);
    for (const { id } of (await call("GET", "/api/v1/domains")).json.domains)
      await call("GET", `/api/v1/domains/${id}`);
    for (const { id } of await all("/api/v1/email-domains?expand=brands")) {
      await call("GET", `/api/v1/email-domains/${id}`);
    }
    await call("GET", "/api/v1/brands?expand=domains,emailDomain");
  });

  test("every operation answers as Okta would, when it succeeds and when it refuses", async () => {
    const { ok, refused, succeeded, org } = await openJudgedSandbox(api, { seed: null });
    const template = `/api/v1/brands/${DEFAULT_BRAND_ID}/templates/email/UserActivation`;
    const text = { subject: "S", body: `<p>${reference("activationLink")}</p>` };
    await ok("GET", `/api/v1/brands/${DEFAULT_BRAND_ID}/templates/email?limit=200`);
    await refused("GET", `/api/v1/brands/${DEFAULT_BRAND_ID}/templates/email?limit=0`);
    await refused("GET", `/api/v1/brands/bndNobody/templates/email`);
    await refused("GET", `${template}?expand=everything`);
    await ok("GET", `${template}?expand=settings`);
    await refused("GET", template.replace("UserActivation", "Nonsense"));
    await ok("GET", `${template}/default-content`);
    await refused("GET", `${template}/default-content?language=not%20one`);
    await ok("GET", `${template}/default-content/preview`);

    const all = `${template}/customizations`;
    const first = await ok("POST", all, { ...text, language: "en", isDefault: false });
    const second = await ok("POST", all, { ...text, language: "pt-BR" });
    expect([first.isDefault, second.isDefault]).toEqual([true, false]);
    const conflicts = [
      await refused("POST", all, { ...text, language: "PT-br" }),
      await refused("POST", all, { ...text, language: "de", isDefault: true }),
      await refused("PUT", `${all}/${second.id}`, { ...text, language: "EN" }),
      await refused("PUT", `${all}/${first.id}`, { ...text, language: "en", isDefault: false }),
      await refused("DELETE", `${all}/${first.id}`),
    ].map(errorOf);
    expect(conflicts.map(({ status, code }) => [status, code])).toEqual([
      [409, "E0000183"],
      [409, "E0000182"],
      [409, "E0000183"],
      [409, "E0000185"],
      [409, "E0000184"],
    ]);
    await refused("POST", all, { ...text, language: "not a language" });
    await refused("POST", all, { language: "de", subject: "S" });
    const missing = errorOf(await refused("POST", all, { language: "de", subject: "S", body: "Hello" }));
    expect(missing.causes[0]).toContain(reference("activationLink"));
    await ok("PUT", `${all}/${second.id}`, { ...text, language: "pt-BR", isDefault: true });
    expect(await ok("GET", `${all}/${first.id}`)).toMatchObject({ isDefault: false });
    await ok("GET", `${all}/${first.id}/preview`);
    await ok("DELETE", `${all}/${first.id}`);
    await refused("GET", `${all}/${first.id}`);
    await refused("GET", `${all}/${first.id}/preview`);
    await refused("DELETE", `${all}/${second.id}`);
    await ok("DELETE", all);
    expect(await ok("GET", all)).toEqual([]);
    await ok("PUT", `${template}/settings`, { recipients: "ADMINS_ONLY" });
    expect(await ok("GET", `${template}/settings`)).toMatchObject({ recipients: "ADMINS_ONLY" });
    expect(errorOf(await refused("PUT", `${template}/settings`, { recipients: "NO_USERS" }))).toMatchObject({
      status: 422,
      code: "E0000189",
    });

    const body = { domain: HOST, certificateSourceType: "MANUAL" };
    const domain = await ok("POST", "/api/v1/domains", body);
    const path = `/api/v1/domains/${domain.id}`;
    await refused("POST", "/api/v1/domains", { ...body, domain: HOST.toUpperCase() });
    for (const name of ["x", "-a.example", "a..example", "drapp.acme.example", "a.example/b"]) {
      await refused("POST", "/api/v1/domains", { ...body, domain: name });
    }
    await refused("POST", "/api/v1/domains", { domain: "a.example" });
    await refused("PUT", `${path}/certificate`, files);
    expect(await ok("POST", `${path}/verify`)).toMatchObject({ validationStatus: "IN_PROGRESS" });
    const known = org.area(customDomainArea).get(domain.id) ?? expect.unreachable();
    org.area(dnsArea).set(...addressRecords(known));
    expect(await ok("POST", `${path}/verify`)).toMatchObject({ validationStatus: "VERIFIED" });
    await refused("PUT", `${path}/certificate`, { ...files, type: "DER" });
    await refused("PUT", `${path}/certificate`, { ...files, privateKey: pem("ec.key") });
    await refused("PUT", `${path}/certificate`, { ...files, privateKey: "none" });
    await refused("PUT", `${path}/certificate`, { ...files, certificate: pem("authority.pem") });
    await refused("PUT", `${path}/certificate`, { ...files, certificateChain: "none" });
    await ok("PUT", `${path}/certificate`, files);
    expect(await ok("GET", path)).toMatchObject({ validationStatus: "COMPLETED" });
    await ok("PUT", path, { brandId: DEFAULT_BRAND_ID });
    await refused("PUT", path, { brandId: "bndNobody" });
    await refused("PUT", path, {});
    expect((await ok("GET", "/api/v1/domains")).domains).toHaveLength(1);
    await ok("DELETE", path);
    await refused("GET", path);

    const mail = { brandId: DEFAULT_BRAND_ID, domain: "acme.example", displayName: "Acme", userName: "no-reply" };
    const made = await ok("POST", "/api/v1/email-domains", mail);
    const mails = `/api/v1/email-domains/${made.id}`;
    expect(errorOf(await refused("POST", "/api/v1/email-domains", { ...mail, domain: "ACME.example" }))).toMatchObject({
      status: 409,
      code: "E0000197",
    });
    await refused("POST", "/api/v1/email-domains", { ...mail, domain: "b.example", brandId: "bndNobody" });
    await refused("POST", "/api/v1/email-domains", { ...mail, domain: "b.example", userName: "no reply" });
    await refused("POST", "/api/v1/email-domains", { ...mail, domain: "b.example", validationSubdomain: "a.b" });
    expect((await ok("GET", "/api/v1/email-domains?expand=brands"))[0]._embedded.brands).toHaveLength(1);
    await refused("GET", "/api/v1/email-domains?expand=domains");
    await ok("GET", mails);
    await ok("PUT", mails, { displayName: "Acme 2", userName: "it" });
    await refused("PUT", mails, { displayName: "Acme 2" });
    expect(errorOf(await refused("POST", `${mails}/verify`)).code).toBe("E0000218");
    const records = mailRecords(org.area(emailDomainArea).get(made.id) ?? expect.unreachable());
    org.area(dnsArea).set(...records.slice(1));
    expect(await ok("POST", `${mails}/verify`)).toMatchObject({ validationStatus: "POLLING" });
    org.area(dnsArea).set(...records);
    expect(await ok("POST", `${mails}/verify`)).toMatchObject({ validationStatus: "VERIFIED" });
    expect(errorOf(await refused("POST", `${mails}/verify`)).code).toBe("E0000217");
    await ok("DELETE", mails);
    await refused("DELETE", mails);

    const mine = routes.filter(({ template: one }) => MINE.test(one) && !one.endsWith("/test"));
    expect([...succeeded].sort()).toEqual(mine.map(({ method, template: one }) => `${method} ${one}`).sort());
  });

  test("a test mail goes to whoever is signed in, in the language asked for or the default", async () => {
    const { ok, org } = await openJudgedSandbox(api);
    const path = `/api/v1/brands/${DEFAULT_BRAND_ID}/templates/email`;
    await ok("POST", `${path}/UserActivation/test?language=ar`);
    await ok("POST", `${path}/UserActivation/test?language=ja`);
    await ok("POST", `${path}/EmailChallenge/test?language=ja-JP`);
    await ok("POST", `${path}/PasswordChanged/test`);
    const { sent } = org.area(emailTemplateArea);
    expect(sent.map(({ subject }) => subject)).toEqual([
      "أهلاً بك معنا",
      "Welcome aboard, human",
      "ワンタイムコード",
      "Your password was changed",
    ]);
    expect(new Set(sent.map(({ to }) => to[0])).size).toBe(1);
  });
});

test("every template's own text refers to the variables that it requires, in every language", async () => {
  const { get } = await openSandbox({ seed: 1 });
  const path = `/api/v1/brands/${DEFAULT_BRAND_ID}/templates/email`;
  for (const { name, required, texts } of EMAIL_TEMPLATES) {
    for (const language of texts.keys()) {
      const { body } = (await get(`${path}/${name}/default-content`, { language })).json;
      for (const variable of required) expect(body).toContain(reference(variable));
    }
  }
});

test("a brand of its own has templates of its own", async () => {
  const { call, org } = await openSandbox();
  const other = org.area(brandArea).add({ name: "Other" });
  const text = { language: "en", subject: "S", body: reference("activationLink") };
  const path = (id: string) => `/api/v1/brands/${id}/templates/email/UserActivation/customizations`;
  expect((await call("POST", path(DEFAULT_BRAND_ID), text)).status).toBe(201);
  expect((await call("GET", path(other.id))).json).toEqual([]);
});
