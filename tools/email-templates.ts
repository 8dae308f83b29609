import * as z from "zod";
import { defineTool, type ToolContext } from "../src/tool.js";
import { ifReadable, textAt, undoBy } from "./shared/kit.js";
import {
  after,
  brandId,
  emailLanguage,
  emailTemplate,
  emailTemplateOf,
  expand,
  fetchAll,
  limit,
} from "./shared/params.js";

const language = emailLanguage.optional();
const expandTemplate = expand(["settings", "customizationCount"]);

export const listEmailTemplates = defineTool({
  name: "list_email_templates",
  purpose: "find emailTemplate",
  title: "List email templates",
  description: "List a brand's email templates by name.",
  scope: "okta.templates.read",
  effect: "reads",
  input: z.strictObject({
    brand_id: brandId,
    expand: expandTemplate,
    after,
    limit: limit(200, 20),
    fetch_all: fetchAll,
  }),
  run: ({ okta, list }, a) =>
    list(
      (cursor) =>
        okta.customization.listEmailTemplates.page({
          brandId: a.brand_id,
          expand: a.expand,
          after: cursor,
          limit: a.limit,
        }),
      a,
    ),
});

export const getEmailTemplate = defineTool({
  name: "get_email_template",
  purpose: "show emailTemplate",
  title: "Get email template",
  description: "Get one email template. For its texts use list_email_customizations or get_email_default_content.",
  scope: "okta.templates.read",
  effect: "reads",
  input: z.strictObject({ ...emailTemplate, expand: expandTemplate }),
  run: ({ okta }, a) =>
    okta.customization.getEmailTemplate({ brandId: a.brand_id, templateName: a.template_name, expand: a.expand }),
});

export const getEmailDefaultContent = defineTool({
  name: "get_email_default_content",
  title: "Get email default content",
  description: "Get Okta's own text of an email template.",
  scope: "okta.templates.read",
  effect: "reads",
  input: z.strictObject({ ...emailTemplate, language }),
  run: ({ okta }, a) =>
    okta.customization.getEmailDefaultContent({
      brandId: a.brand_id,
      templateName: a.template_name,
      language: a.language,
    }),
});

export const getEmailDefaultContentPreview = defineTool({
  name: "get_email_default_content_preview",
  title: "Preview email default content",
  description: "Get Okta's own text of an email template, filled in.",
  scope: "okta.templates.read",
  effect: "reads",
  input: z.strictObject({ ...emailTemplate, language }),
  run: ({ okta }, a) =>
    okta.customization.getEmailDefaultPreview({
      brandId: a.brand_id,
      templateName: a.template_name,
      language: a.language,
    }),
});

export const getEmailSettings = defineTool({
  name: "get_email_settings",
  title: "Get email settings",
  description: "Get who receives mails of an email template.",
  scope: "okta.templates.read",
  effect: "reads",
  input: z.strictObject(emailTemplate),
  run: ({ okta }, a) => okta.customization.getEmailSettings({ brandId: a.brand_id, templateName: a.template_name }),
});

export const replaceEmailSettings = defineTool({
  name: "replace_email_settings",
  title: "Replace email settings",
  description: "Set who receives mails of an email template. Not every template takes every value.",
  scope: "okta.templates.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({
    ...emailTemplate,
    recipients: z.string().min(1).describe("Choose ALL_USERS, ADMINS_ONLY or NO_USERS."),
  }),
  change: {
    state: ({ okta }, a) => okta.customization.getEmailSettings({ brandId: a.brand_id, templateName: a.template_name }),
    undo: ({ args, before }) =>
      undoBy("replace_email_settings", { ...emailTemplateOf(args), recipients: textAt(before, "recipients") }),
  },
  run: ({ okta }, a) =>
    okta.customization.replaceEmailSettings({
      brandId: a.brand_id,
      templateName: a.template_name,
      EmailSettings: { recipients: a.recipients },
    }),
});

/** The addresses of the caller. Okta sends test mails there. */
async function ownAddresses({ okta, may }: ToolContext): Promise<string[]> {
  const me = may("okta.users.read") ? await ifReadable(okta.users.getUser({ userId: "me" })) : undefined;
  return ["email", "secondEmail"].map((name) => textAt(me, "profile", name)).filter(Boolean);
}

export const sendTestEmail = defineTool({
  name: "send_test_email",
  title: "Send test email",
  description: "Send a test mail of a template to the signed-in admin.",
  scope: "okta.templates.manage",
  alsoUses: ["okta.users.read"],
  effect: "adds",
  input: z.strictObject({ ...emailTemplate, language }),
  change: { state: async () => null, becomes: () => null, undo: "A mail that was sent cannot be taken back." },
  async run(context, a) {
    const addresses = await ownAddresses(context);
    await context.okta.customization.sendTestEmail({
      brandId: a.brand_id,
      templateName: a.template_name,
      language: a.language,
    });
    const who = (await context.signedInAs()) ?? "whoever the token belongs to";
    return {
      sent: true,
      template_name: a.template_name,
      language: a.language ?? null,
      sent_to: addresses.length > 0 ? addresses : [`the primary and secondary email addresses of ${who}`],
    };
  },
});
