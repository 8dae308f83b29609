import type { EmailTemplate, EmailText, Recipients } from "../email-texts.js";
import type { Brand } from "./brand-store.js";
import type { Doer, JsonObject } from "./model.js";
import type { Area, OrgState } from "./org-state.js";

/** A customized text of a template in one language. `_links` are made when it is shown. */
export interface EmailCustomization extends JsonObject {
  id: string;
  language: string;
  isDefault: boolean;
  subject: string;
  body: string;
  created: string;
  lastUpdated: string;
}

/** The properties of a new customization. */
export interface NewCustomization extends JsonObject {
  language: string;
  subject: string;
  body: string;
}

/** A mail that went out. */
export interface SentMail extends EmailText {
  templateName: string;
  /** Addresses. */
  to: string[];
}

/** A template of one brand. Every brand has all templates, each with its own texts. */
export interface BrandTemplate {
  brand: Brand;
  template: EmailTemplate;
}

interface Entry {
  customizations: EmailCustomization[];
  recipients: Recipients;
}

/** The email templates of every brand. Every write succeeds and is logged. */
export class EmailTemplateStore {
  readonly #org: OrgState;
  readonly #entries = new Map<string, Entry>();
  /** Test mails, in the order in which they went out. */
  readonly sent: SentMail[] = [];

  constructor(org: OrgState) {
    this.#org = org;
  }

  /** The customizations of a template, in the order in which they were added. */
  customizationsOf(of: BrandTemplate): readonly EmailCustomization[] {
    return this.#entry(of).customizations;
  }

  get(of: BrandTemplate, id: string): EmailCustomization | undefined {
    return this.#entry(of).customizations.find((one) => one.id === id);
  }

  /** Adds a customization; the first is the default. */
  add(of: BrandTemplate, given: NewCustomization, doer?: Doer): EmailCustomization {
    const { customizations } = this.#entry(of);
    const now = this.#org.timestamp();
    const customization: EmailCustomization = {
      created: now,
      lastUpdated: now,
      ...given,
      id: typeof given.id === "string" ? given.id : this.#org.newId("oel"),
      isDefault: customizations.length === 0,
    };
    customizations.push(customization);
    this.#log(of, "create", "Create email customization", doer);
    return customization;
  }

  /** Replaces a text by another. With `isDefault` it becomes the default. */
  replace(of: BrandTemplate, id: string, given: NewCustomization, isDefault: boolean, doer?: Doer): void {
    for (const one of this.#entry(of).customizations) {
      if (one.id === id) Object.assign(one, given, { lastUpdated: this.#org.timestamp() });
      if (isDefault) one.isDefault = one.id === id;
    }
    this.#log(of, "update", "Update email customization", doer);
  }

  remove(of: BrandTemplate, id: string, doer?: Doer): void {
    const entry = this.#entry(of);
    entry.customizations = entry.customizations.filter((one) => one.id !== id);
    this.#log(of, "delete", "Delete email customization", doer);
  }

  removeAll(of: BrandTemplate, doer?: Doer): void {
    this.#entry(of).customizations = [];
    this.#log(of, "delete", "Delete all email customizations", doer);
  }

  recipientsOf(of: BrandTemplate): Recipients {
    return this.#entry(of).recipients;
  }

  setRecipients(of: BrandTemplate, recipients: Recipients, doer?: Doer): void {
    this.#entry(of).recipients = recipients;
    this.#log(of, "settings_update", "Update email settings", doer);
  }

  send(mail: SentMail, of: BrandTemplate, doer?: Doer): void {
    this.sent.push(mail);
    this.#log(of, "send_test", "Send test email", doer);
  }

  #entry({ brand, template }: BrandTemplate): Entry {
    const key = `${brand.id} ${template.name}`;
    const entry = this.#entries.get(key) ?? { customizations: [], recipients: "ALL_USERS" };
    this.#entries.set(key, entry);
    return entry;
  }

  #log({ brand, template }: BrandTemplate, event: string, displayMessage: string, doer?: Doer): void {
    const { name } = template;
    const parties = [
      { id: name, type: "EmailTemplate", alternateId: name, displayName: name, detailEntry: null },
      { id: brand.id, type: "Brand", alternateId: brand.name, displayName: brand.name, detailEntry: null },
    ];
    this.#org.log({ eventType: `system.email_template.${event}`, displayMessage, target: parties }, doer);
  }
}

/** The email templates of an org's brands. */
export const emailTemplateArea: Area<EmailTemplateStore> = {
  name: "email templates",
  create: (org) => new EmailTemplateStore(org),
};
