import * as z from "zod";
import { defineTool, type Impact, type ToolContext } from "../src/tool.js";
import { sameName } from "./shared/bodies.js";
import { asObject, itemsAt, type Json, OktaMcpError, ofMade, textAt, undoBy, valueAt } from "./shared/kit.js";
import {
  after,
  type EmailTemplate,
  emailLanguage,
  emailTemplate,
  emailTemplateOf,
  fetchAll,
  id,
  limit,
} from "./shared/params.js";

const customization = { ...emailTemplate, customization_id: id("Find it with list_email_customizations.") };
const content = {
  language: emailLanguage,
  subject: z.string().describe("Give the subject line."),
  body: z.string().describe("Give HTML with the template's required variables."),
  is_default: z.boolean().optional().describe("Use it for languages without a text of their own."),
};

export const listEmailCustomizations = defineTool({
  name: "list_email_customizations",
  purpose: "find emailCustomization",
  title: "List email customizations",
  description: "List the customized texts of an email template, one a language.",
  scope: "okta.templates.read",
  effect: "reads",
  input: z.strictObject({ ...emailTemplate, after, limit: limit(200, 20), fetch_all: fetchAll }),
  run: ({ okta, list }, a) =>
    list(
      (cursor) =>
        okta.customization.listEmailCustomizations.page({
          brandId: a.brand_id,
          templateName: a.template_name,
          after: cursor,
          limit: a.limit,
        }),
      a,
    ),
});

export const getEmailCustomization = defineTool({
  name: "get_email_customization",
  purpose: "show emailCustomization",
  title: "Get email customization",
  description: "Get one customized text of an email template. Filled in it is get_email_customization_preview.",
  scope: "okta.templates.read",
  effect: "reads",
  input: z.strictObject(customization),
  run: ({ okta }, a) =>
    okta.customization.getEmailCustomization({
      brandId: a.brand_id,
      templateName: a.template_name,
      customizationId: a.customization_id,
    }),
});

export const getEmailCustomizationPreview = defineTool({
  name: "get_email_customization_preview",
  title: "Preview email customization",
  description: "Get a customized text filled in with the signed-in admin's data.",
  scope: "okta.templates.read",
  effect: "reads",
  input: z.strictObject(customization),
  run: ({ okta }, a) =>
    okta.customization.getCustomizationPreview({
      brandId: a.brand_id,
      templateName: a.template_name,
      customizationId: a.customization_id,
    }),
});

function customizationsOf({ okta, whole }: ToolContext, a: EmailTemplate): Promise<Json[]> {
  return whole((cursor) =>
    okta.customization.listEmailCustomizations.page({
      brandId: a.brand_id,
      templateName: a.template_name,
      after: cursor,
      limit: 200,
    }),
  );
}

const isDefault = (customization: Json | undefined) => valueAt(customization, "isDefault") === true;

const textsOf = (one: Json) => ({
  language: textAt(one, "language"),
  subject: textAt(one, "subject"),
  body: textAt(one, "body"),
});

/** A customization, whether it is the only one, and the default if that is another one; null where it is gone. */
async function oneOf(context: ToolContext, a: EmailTemplate, id: string): Promise<Json> {
  const all = await customizationsOf(context, a);
  const one = all.find((other) => textAt(other, "id") === id);
  const standard = isDefault(one) ? undefined : all.find(isDefault);
  return one === undefined
    ? null
    : { ...asObject(one), alone: all.length === 1, ...(standard === undefined ? {} : { default: standard }) };
}

/** Points to a customization in an error's data, since text from the org is no text of ours. */
const pointer = (one: Json) => ({ customization_id: textAt(one, "id"), language: textAt(one, "language") });

/** Refuses a language that another customization has already. Okta's own answer does not name the customization. */
function refuseDuplicate(all: readonly Json[], tag: string, except?: string): void {
  const twin = all.find((one) => sameName(textAt(one, "language"), tag) && textAt(one, "id") !== except);
  if (!twin) return;
  throw new OktaMcpError("conflict", "Another customization of this template has that language already.", {
    fix: "Use replace_email_customization with its id, given below, or choose another language.",
    data: pointer(twin),
  });
}

export const createEmailCustomization = defineTool({
  name: "create_email_customization",
  title: "Create email customization",
  description: "Add a customized text in a further language to an email template; the first is the default.",
  scope: "okta.templates.manage",
  effect: "adds",
  input: z.strictObject({ ...emailTemplate, ...content }),
  change: {
    state: (context, a, made) => ofMade(made, (id) => oneOf(context, a, id)),
    undo: ({ args, after }) =>
      // Okta does not delete the default, unless it is the only one.
      valueAt(after, "alone") === true
        ? undoBy("delete_all_email_customizations", emailTemplateOf(args))
        : undoBy("delete_email_customization", { ...emailTemplateOf(args), customization_id: textAt(after, "id") }),
  },
  async run(context, a) {
    const all = await customizationsOf(context, a);
    refuseDuplicate(all, a.language);
    const present = all.find(isDefault);
    if (a.is_default && present) {
      throw new OktaMcpError("conflict", "The template has a default already, and a new one cannot take its place.", {
        fix: "Create it without is_default, then make it the default with replace_email_customization.",
        data: { default: pointer(present) },
      });
    }
    return context.okta.customization.createEmailCustomization({
      brandId: a.brand_id,
      templateName: a.template_name,
      instance: { language: a.language, subject: a.subject, body: a.body, isDefault: a.is_default },
    });
  },
});

export const replaceEmailCustomization = defineTool({
  name: "replace_email_customization",
  title: "Replace email customization",
  description:
    "Replace a customized text of an email template; is_default true makes it the default. For a further language use create_email_customization.",
  scope: "okta.templates.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({ ...customization, ...content }),
  async impact(context, a) {
    if (a.is_default !== true) return undefined;
    const present = (await customizationsOf(context, a)).find(isDefault);
    if (present === undefined || textAt(present, "id") === a.customization_id) return undefined;
    return {
      target: { type: "email customization", name: `${a.template_name}: ${a.language}`, id: a.customization_id },
      details: ["people whose language has no text of its own get this one"],
      sideEffects: [`takes the place of the default in the language ${textAt(present, "language")}`],
      state: pointer(present),
    };
  },
  change: {
    state: (context, a) => oneOf(context, a, a.customization_id),
    undo({ args, before, after }) {
      const old = (one: Json, is_default?: true) => ({
        tool: "replace_email_customization",
        args: {
          ...emailTemplateOf(args),
          customization_id: textAt(one, "id"),
          ...textsOf(one),
          ...(is_default && { is_default }),
        },
      });
      const moved = isDefault(after) && !isDefault(before);
      const first = valueAt(before, "default");
      return { steps: [...(moved && first ? [old(first, true)] : []), old(before)] };
    },
  },
  async run(context, a) {
    const all = await customizationsOf(context, a);
    const present = all.find((one) => textAt(one, "id") === a.customization_id);
    // Okta itself answers that there is no such customization.
    if (present !== undefined) refuseDuplicate(all, a.language, a.customization_id);
    const stays = isDefault(present);
    if (a.is_default === false && stays) {
      throw new OktaMcpError("conflict", "This is the template's default customization, and there has to be one.", {
        fix: "Call replace_email_customization with is_default true for another one; this one then stops being the default.",
      });
    }
    return context.okta.customization.replaceEmailCustomization({
      brandId: a.brand_id,
      templateName: a.template_name,
      customizationId: a.customization_id,
      instance: {
        language: a.language,
        subject: a.subject,
        body: a.body,
        isDefault: a.is_default ?? (stays || undefined),
      },
    });
  },
});

/** The description of customizations that go, for a person. */
function describeTexts(a: EmailTemplate, texts: readonly Json[], id: string): Impact {
  const languages = texts.map((one) => `${textAt(one, "language")}${isDefault(one) ? " (default)" : ""}`);
  return {
    target: { type: "email customization", name: `${a.template_name}: ${languages.join(", ")}`, id },
    details: texts.map(
      (one, index) => `${languages[index]}: subject "${textAt(one, "subject")}" and its body are lost`,
    ),
    state: texts.map((one) => ({ ...pointer(one), lastUpdated: textAt(one, "lastUpdated") })),
  };
}

export const deleteEmailCustomization = defineTool({
  name: "delete_email_customization",
  title: "Delete email customization",
  description:
    "Delete a customized text; its language then gets the default. The default only goes with all: delete_all_email_customizations.",
  scope: "okta.templates.manage",
  effect: "removes",
  input: z.strictObject({
    ...customization,
    language: z.string().default("unknown").describe("Give its language as a check; default unknown."),
  }),
  async impact(context, a) {
    const all = await customizationsOf(context, a);
    const target = all.find((one) => textAt(one, "id") === a.customization_id);
    if (!target) {
      throw new OktaMcpError("not_found", "This template has no customization with that id.", {
        fix: "Find its id with list_email_customizations.",
      });
    }
    if (a.language !== "unknown" && !sameName(a.language, textAt(target, "language"))) {
      throw new OktaMcpError("conflict", "The customization with that id has another language than the one given.", {
        fix: "Find the right one with list_email_customizations.",
        data: pointer(target),
      });
    }
    if (isDefault(target)) throw defaultStays(all.length);
    const impact = describeTexts(a, [target], a.customization_id);
    return { ...impact, details: [...impact.details, "people with this language get the default customization"] };
  },
  change: {
    state: (context, a) => oneOf(context, a, a.customization_id),
    undo: ({ args, before }) => ({
      steps: [{ tool: "create_email_customization", args: { ...emailTemplateOf(args), ...textsOf(before) } }],
      notes: ["The customization gets a new id."],
    }),
  },
  run: ({ okta }, a) =>
    okta.customization.deleteEmailCustomization({
      brandId: a.brand_id,
      templateName: a.template_name,
      customizationId: a.customization_id,
    }),
});

function defaultStays(count: number): OktaMcpError {
  return count === 1
    ? new OktaMcpError(
        "conflict",
        "This is the default and the last customization, which Okta does not delete alone.",
        {
          fix: "Use delete_all_email_customizations, which deletes this one; Okta's own text is then sent again.",
        },
      )
    : new OktaMcpError("conflict", "This is the default customization, which Okta does not delete while it is that.", {
        fix: "Make another one the default first (replace_email_customization with is_default true), or delete all with delete_all_email_customizations.",
      });
}

export const deleteAllEmailCustomizations = defineTool({
  name: "delete_all_email_customizations",
  title: "Delete all email customizations",
  description: "Delete all customized texts of an email template; Okta's own is sent again.",
  scope: "okta.templates.manage",
  effect: "removes",
  input: z.strictObject(emailTemplate),
  async impact(context, a) {
    const all = await customizationsOf(context, a);
    if (all.length === 0) {
      throw new OktaMcpError("conflict", "This template has no customization, so there is nothing to delete.", {
        fix: "Nothing to do; Okta's own text (get_email_default_content) is what is sent.",
      });
    }
    const impact = describeTexts(a, all, a.brand_id);
    return { ...impact, details: [...impact.details, "Okta's own text is sent in every language again"] };
  },
  change: {
    state: async (context, a) => ({ customizations: await customizationsOf(context, a) }),
    becomes: () => ({ customizations: [] }),
    undo({ args, before }) {
      // The first one that is made becomes the default.
      const all = itemsAt(before, "customizations").sort((a, b) => Number(isDefault(b)) - Number(isDefault(a)));
      const steps = all.map((one) => ({
        tool: "create_email_customization",
        args: { ...emailTemplateOf(args), ...textsOf(one) },
      }));
      return { steps, notes: ["The customizations get new ids."] };
    },
  },
  run: ({ okta }, a) =>
    okta.customization.deleteAllCustomizations({ brandId: a.brand_id, templateName: a.template_name }),
});
