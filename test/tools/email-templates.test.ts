import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { JAPAN_BRAND_ID } from "../../sandbox/seed/brands.js";
import { DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { emailTemplateArea } from "../../sandbox/state/email-template-store.js";
import { accepts, connect } from "../support/client.js";
import { at, customizations, EXOTIC, idOf, LINK, reset, template, text, variable } from "../support/emails.js";
import { HOSTILE_IDS } from "../support/hostile.js";

const brand_id = DEFAULT_BRAND_ID;

describe("reading", () => {
  test("list_email_templates pages through all of them, with what expand embeds", async () => {
    const { get, sent } = await connect({ seed: 1 });
    const expand = ["settings", "customizationCount"];
    const first = await get("list_email_templates", { brand_id, limit: 5, expand });
    expect(first).toMatchObject({ total_fetched: 5, has_more: true });
    expect(sent()).toEqual([
      `GET /api/v1/brands/${brand_id}/templates/email?limit=5&expand=settings%2CcustomizationCount`,
    ]);
    const rest = await get("list_email_templates", { brand_id, after: first.next_cursor, fetch_all: true, expand });
    const names = [first, rest].flatMap(({ items }) => (items as { name: string }[]).map(({ name }) => name));
    expect(names).toHaveLength(14);
    expect(names).toEqual([...names].sort());
    expect(rest.items).toContainEqual(
      expect.objectContaining({
        name: "UserActivation",
        _embedded: { customizationCount: 4, settings: { recipients: "ALL_USERS" } },
      }),
    );
  });

  test("list_email_templates refuses an expansion that there is not, before any request", async () => {
    const { call, sent } = await connect();
    expect((await call("list_email_templates", { brand_id, expand: ["test"] })).error?.code).toBe("bad_input");
    expect(sent()).toEqual([]);
  });

  test("get_email_template gets one by its name", async () => {
    const { get, sent } = await connect({ seed: 1 });
    const found = await get("get_email_template", { ...template, expand: ["customizationCount"] });
    expect(found).toMatchObject({ name: "UserActivation", _embedded: { customizationCount: 4 } });
    expect(sent()).toEqual([`GET ${at("?expand=customizationCount")}`]);
  });

  test("a template that there is not is explained with the tool that lists them", async () => {
    const { call } = await connect();
    const { error, text: said } = await call("get_email_template", { brand_id, template_name: "Nonsense" });
    expect(error?.code).toBe("not_found");
    expect(said).toContain("list_email_templates");
  });

  test("list_email_customizations shows every text whole, in every script, unknown fields included", async () => {
    const { get } = await connect({ seed: 1 });
    const english = await customizations(get);
    expect(english.map(({ language }) => language)).toEqual(["en", "de", "fr", "ar"]);
    expect(english[0]).toMatchObject({ isDefault: true, reviewedBy: "People team" });
    expect(english[3]).toMatchObject({ isDefault: false, subject: "أهلاً بك معنا" });
    const japan = await customizations(get, { ...template, brand_id: JAPAN_BRAND_ID });
    expect(japan.map(({ language }) => language)).toEqual(["ja", "zh-Hant", "ko"]);
    expect(japan[0]?.body).toContain("アカウントを有効にしてください");
    expect(japan[0]?.body).toContain(LINK);
    const paged = await get("list_email_customizations", { ...template, limit: 1, fetch_all: true });
    expect(paged).toMatchObject({ total_fetched: 4, has_more: false });
  });

  test("get_email_customization gets one, with whatever Okta adds one day", async () => {
    const { get, sandbox } = await connect({ seed: 1 });
    const id = idOf(await customizations(get), "de");
    sandbox.next("GET", at(`/customizations/${id}`), {
      rewrite: (reply) => ({
        ...reply,
        json: { ...(reply.json as object), tone: { formal: [true, null] }, isDefault: "MAYBE" },
      }),
    });
    expect(await get("get_email_customization", { ...template, customization_id: id })).toMatchObject({
      id,
      language: "de",
      tone: { formal: [true, null] },
      isDefault: "MAYBE",
    });
  });

  test("previews come whole, their variables filled in", async () => {
    const { get, sent } = await connect();
    const long = `<p>${variable("user.profile.firstName")}</p>${"ü".repeat(20_000)}${EXOTIC}${LINK}</html>`;
    await get("create_email_customization", {
      ...template,
      subject: `To ${variable("org.name")}`,
      body: long,
      language: "en",
    });
    const [one] = await customizations(get);
    const preview = await get("get_email_customization_preview", { ...template, customization_id: one?.id });
    expect(sent().at(-1)).toBe(`GET ${at(`/customizations/${one?.id}/preview`)}`);
    expect(preview.subject).toBe("To Acme Robotics (sandbox)");
    expect(String(preview.body)).toMatch(/^<p>Ada<\/p>ü{20000}日本語/);
    expect(String(preview.body)).toMatch(/\/preview\/activationLink<\/html>$/);

    const own = await get("get_email_default_content_preview", { ...template, language: "de" });
    expect(own).toMatchObject({ subject: "Willkommen bei Acme Robotics (sandbox)" });
    expect(own.body).toContain("Guten Tag, Ada");
    expect(sent().at(-1)).toBe(`GET ${at("/default-content/preview?language=de")}`);
  });

  test("get_email_default_content is Okta's own text, in a language where one is named", async () => {
    const { get, sent } = await connect({ seed: 1 });
    expect(await get("get_email_default_content", template)).toMatchObject({
      subject: `Welcome to ${variable("org.name")}`,
    });
    const japanese = await get("get_email_default_content", { ...template, language: "ja" });
    expect(japanese.body).toContain("こちらから有効化してください");
    expect(sent()).toEqual([`GET ${at("/default-content")}`, `GET ${at("/default-content?language=ja")}`]);
  });

  test("get_email_settings says who receives the mails", async () => {
    const { get } = await connect({ seed: 1 });
    const settings = await get("get_email_settings", { brand_id, template_name: "NewSignOnNotification" });
    expect(settings).toEqual({ recipients: "ADMINS_ONLY" });
  });
});

describe("replace_email_settings", () => {
  test("sets who receives the mails", async () => {
    const { get, lastBody } = await connect();
    const notification = { brand_id, template_name: "NewSignOnNotification" };
    expect(await get("replace_email_settings", { ...notification, recipients: "NO_USERS" })).toEqual({
      recipients: "NO_USERS",
    });
    expect(lastBody()).toEqual({ recipients: "NO_USERS" });
    expect(await get("get_email_settings", notification)).toEqual({ recipients: "NO_USERS" });
  });

  test("passes on that a template does not support a value", async () => {
    const { call } = await connect();
    const { error } = await call("replace_email_settings", { ...reset, recipients: "NO_USERS" });
    expect(error?.code).toBe("bad_input");
    expect(error?.message).toContain("does not support the recipients value");
  });
});

describe("send_test_email", () => {
  test("says to which addresses it went, and sends the text of the language", async () => {
    const { get, org, sent } = await connect({ seed: 1 });
    const [admin] = org.users.all().filter(({ profile }) => profile.login === ADMIN_LOGIN);
    if (admin) admin.profile.secondEmail = "ada@home.example";
    expect(await get("send_test_email", { ...template, language: "DE" })).toEqual({
      sent: true,
      template_name: "UserActivation",
      language: "DE",
      sent_to: [ADMIN_LOGIN, "ada@home.example"],
    });
    expect(sent().at(-1)).toBe(`POST ${at("/test?language=DE")}`);
    expect(org.area(emailTemplateArea).sent).toMatchObject([
      { to: [ADMIN_LOGIN, "ada@home.example"], subject: "Willkommen an Bord – Ihr Konto ist bereit" },
    ]);
  });

  test("without okta.users.read it says whose addresses they are", async () => {
    const { get, sent } = await connect({ scopes: ["okta.templates.manage"] });
    const { sent_to } = await get("send_test_email", template);
    expect(sent_to).toEqual([expect.stringContaining("primary and secondary email addresses of")]);
    expect(sent()).toEqual([`POST ${at("/test")}`]);
  });

  test("sends nothing twice where Okta's answer got lost", async () => {
    const { call, org, sandbox } = await connect();
    sandbox.next("POST", at("/test"), { status: 503, performed: true });
    expect((await call("send_test_email", template)).error?.code).toBe("okta_down");
    expect(org.area(emailTemplateArea).sent).toHaveLength(1);
  });
});

const TOOLS: Record<string, readonly string[]> = {
  list_email_templates: ["brand_id"],
  get_email_template: ["brand_id", "template_name"],
  list_email_customizations: ["brand_id", "template_name"],
  get_email_customization: ["brand_id", "template_name", "customization_id"],
  get_email_customization_preview: ["brand_id", "template_name", "customization_id"],
  get_email_default_content: ["brand_id", "template_name"],
  get_email_default_content_preview: ["brand_id", "template_name"],
  get_email_settings: ["brand_id", "template_name"],
  create_email_customization: ["brand_id", "template_name"],
  replace_email_customization: ["brand_id", "template_name", "customization_id"],
  delete_email_customization: ["brand_id", "template_name", "customization_id"],
  delete_all_email_customizations: ["brand_id", "template_name"],
  replace_email_settings: ["brand_id", "template_name"],
  send_test_email: ["brand_id", "template_name"],
};
const MORE: Record<string, object> = {
  create_email_customization: { ...text, language: "en" },
  replace_email_customization: { ...text, language: "en" },
  replace_email_settings: { recipients: "ALL_USERS" },
};

test("an id that would leave its place in the path is refused by every tool before any request", async () => {
  const { call, sent } = await connect({ person: accepts });
  const right = { ...template, customization_id: "oel1" };
  for (const [name, ids] of Object.entries(TOOLS)) {
    for (const argument of ids) {
      for (const hostile of HOSTILE_IDS) {
        const args = Object.fromEntries(Object.entries(right).filter(([key]) => ids.includes(key)));
        const { error } = await call(name, { ...args, ...MORE[name], [argument]: hostile });
        expect([name, argument, hostile, error?.code]).toEqual([name, argument, hostile, "bad_input"]);
      }
    }
  }
  expect(sent()).toEqual([]);
});
