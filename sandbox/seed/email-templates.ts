import { EMAIL_TEMPLATES, reference } from "../email-texts.js";
import type { Org } from "../org.js";
import { brandArea, DEFAULT_BRAND_ID } from "../state/brand-store.js";
import { type BrandTemplate, emailTemplateArea, type NewCustomization } from "../state/email-template-store.js";
import { CARE_BRAND_ID, JAPAN_BRAND_ID } from "./brands.js";

/** A mail of the company: a greeting, a sentence and the variable that the template needs. */
function mail(language: string, greeting: string, sentence: string, variable: string): string {
  const direction = /^(ar|he)/.test(language) ? ' dir="rtl"' : "";
  return `<!DOCTYPE html>
<html lang="${language}"${direction}>
<body style="font-family: system-ui, sans-serif">
  <p>${greeting} ${reference("user.profile.firstName")},</p>
  <p>${sentence}</p>
  <p>${reference(variable)}</p>
  <p>– ${reference("org.name")} 🤖</p>
</body>
</html>
`;
}

const activation = (language: string, subject: string, greeting: string, sentence: string) => ({
  language,
  subject,
  body: mail(language, greeting, sentence, "activationLink"),
});

const reset = (language: string, subject: string, greeting: string, sentence: string) => ({
  language,
  subject,
  body: mail(language, greeting, sentence, "resetPasswordLink"),
});

/** The company's own texts by brand and template; the first of each is the default. */
const TEXTS: readonly { brandId: string; template: string; texts: readonly NewCustomization[] }[] = [
  {
    brandId: DEFAULT_BRAND_ID,
    template: "UserActivation",
    texts: [
      // A field that Okta has and its document lacks.
      { ...activation("en", "Welcome aboard, human", "Hello", "Your account is ready."), reviewedBy: "People team" },
      activation("de", "Willkommen an Bord – Ihr Konto ist bereit", "Grüß Gott", "Ihr Konto wartet auf Sie."),
      activation("fr", "Bienvenue à bord", "Bonjour", "Votre compte vous attend – à bientôt !"),
      activation("ar", "أهلاً بك معنا", "مرحباً", "حسابك جاهز للتفعيل."),
    ],
  },
  {
    brandId: DEFAULT_BRAND_ID,
    template: "ForgotPassword",
    texts: [
      reset("en", `A new password for ${reference("org.name")}`, "Hello", "Choose a new password here."),
      reset("pt-BR", "Nova senha", "Olá", "Escolha aqui uma nova senha – é rápido."),
    ],
  },
  {
    brandId: JAPAN_BRAND_ID,
    template: "UserActivation",
    texts: [
      activation("ja", "アカウントのご案内", "こんにちは、", "下記のリンクからアカウントを有効にしてください。"),
      activation("zh-Hant", "歡迎加入", "您好，", "請點擊以下連結啟用帳戶。"),
      activation("ko", "환영합니다", "안녕하세요", "아래 링크에서 계정을 활성화하세요."),
    ],
  },
  {
    brandId: CARE_BRAND_ID,
    template: "ForgotPassword",
    texts: [reset("pt-BR", "Vamos redefinir sua senha", "Oi", "Clique no endereço abaixo. Até já!")],
  },
];

/** Adds the company's own mails to its brands, in the languages of their people. */
export function writeEmails(org: Org): void {
  const store = org.area(emailTemplateArea);
  for (const [set, { brandId, template: name, texts }] of TEXTS.entries()) {
    const of = brandTemplate(org, brandId, name);
    for (const [index, text] of texts.entries()) store.add(of, { ...text, id: `oelSandboxMail000${set}${index}00` });
  }
  store.setRecipients(brandTemplate(org, DEFAULT_BRAND_ID, "NewSignOnNotification"), "ADMINS_ONLY");
}

function brandTemplate(org: Org, brandId: string, name: string): BrandTemplate {
  const brand = org.area(brandArea).get(brandId);
  const template = EMAIL_TEMPLATES.find((one) => one.name === name);
  if (brand === undefined || template === undefined) throw new Error(`There is no template ${name} of ${brandId}.`);
  return { brand, template };
}
