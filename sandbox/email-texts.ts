/** The subject and body of a mail. Both may refer to variables, as `${name}`. */
export interface EmailText {
  subject: string;
  body: string;
}

export type Recipients = "ALL_USERS" | "ADMINS_ONLY" | "NO_USERS";

/** A kind of mail that the org sends. */
export interface EmailTemplate {
  name: string;
  /** Variables that a body has to contain. */
  required: readonly string[];
  /** The groups of recipients to which the mail may be limited. Mails that people need to get in cannot be stopped. */
  recipients: readonly Recipients[];
  /** The org's own text by language. There is always one in English. */
  texts: ReadonlyMap<string, EmailText>;
}

/** A variable in the form in which texts contain it. */
export function reference(name: string): string {
  return `\${${name}}`;
}

const NEEDED: readonly Recipients[] = ["ALL_USERS", "ADMINS_ONLY"];
const NOTICE: readonly Recipients[] = ["ALL_USERS", "ADMINS_ONLY", "NO_USERS"];

/** Subject and one sentence, by language. */
type Words = Readonly<Record<string, readonly [subject: string, sentence: string]>> & { en: readonly [string, string] };

const GREETINGS: Readonly<Record<string, string>> = { en: "Hello", de: "Guten Tag", ja: "こんにちは", ar: "مرحبا" };

function template(
  name: string,
  recipients: readonly Recipients[],
  required: readonly string[],
  words: Words,
): EmailTemplate {
  const texts = new Map(
    Object.entries(words).map(([language, [subject, sentence]]) => [
      language,
      { subject, body: ownBody(language, sentence, required) },
    ]),
  );
  return { name, required, recipients, texts };
}

function ownBody(language: string, sentence: string, required: readonly string[]): string {
  const direction = language === "ar" ? ' dir="rtl"' : "";
  const greeting = `${GREETINGS[language] ?? GREETINGS.en}, ${reference("user.profile.firstName")}`;
  const links = required.map((name) =>
    name.endsWith("Link") ? `<a href="${reference(name)}">${reference(name)}</a>` : `<b>${reference(name)}</b>`,
  );
  const paragraphs = [greeting, sentence, ...links, reference("org.name")].map((text) => `<p>${text}</p>`);
  return `<!DOCTYPE html><html lang="${language}"${direction}><body>${paragraphs.join("")}</body></html>`;
}

const ORG = reference("org.name");

/** Every mail that the org sends, in the order in which Okta lists them: by name. */
export const EMAIL_TEMPLATES: readonly EmailTemplate[] = [
  template("AccountLockout", NOTICE, ["selfServiceUnlockLink"], {
    en: [`Your ${ORG} account is locked`, "Too many sign-ins failed. Unlock the account to go on."],
    de: [`Ihr Konto bei ${ORG} ist gesperrt`, "Zu viele Anmeldungen sind fehlgeschlagen. Entsperren Sie Ihr Konto."],
  }),
  template("AuthenticatorEnrolled", NOTICE, [], {
    en: ["A security method was set up", "If that was not you, tell your administrator at once."],
  }),
  template("ChangeEmailConfirmation", NEEDED, ["verificationLink"], {
    en: ["Confirm your new address", "You asked to use this address. Confirm that it is yours."],
  }),
  template("EmailChallenge", NEEDED, ["verificationToken"], {
    en: ["Your one-time code", "Enter this code to sign in. It is good for a few minutes."],
    ja: ["ワンタイムコード", "サインインするには、このコードを入力してください。有効期限は数分です。"],
  }),
  template("EmailFactorVerification", NEEDED, ["verificationToken"], {
    en: ["Confirm your email address", "Enter this code to set up email as a security method."],
  }),
  template("ForgotPassword", NEEDED, ["resetPasswordLink"], {
    en: ["Reset your password", `Somebody asked for a new password at ${ORG}. Choose one here.`],
    de: ["Passwort zurücksetzen", `Für Ihr Konto bei ${ORG} wurde ein neues Passwort angefordert.`],
    ja: ["パスワードのリセット", `${ORG} のパスワードの再設定が要求されました。`],
    ar: ["إعادة تعيين كلمة المرور", `طُلبت كلمة مرور جديدة في ${ORG}.`],
  }),
  template("ForgotPasswordDenied", NEEDED, [], {
    en: ["Your password cannot be reset", "Ask your administrator for a new one."],
  }),
  template("NewSignOnNotification", NOTICE, [], {
    en: ["A sign-in from a new device", "If that was not you, tell your administrator at once."],
    de: ["Anmeldung von einem neuen Gerät", "Wenn Sie das nicht waren, melden Sie es sofort."],
  }),
  template("PasswordChanged", NOTICE, [], {
    en: ["Your password was changed", "If that was not you, tell your administrator at once."],
  }),
  template("PasswordResetByAdmin", NEEDED, ["resetPasswordLink"], {
    en: ["Choose a new password", "An administrator has reset your password. Choose a new one here."],
  }),
  template("PendingEmailChange", NOTICE, [], {
    en: ["Your address is about to change", "If that was not you, tell your administrator at once."],
  }),
  template("RegistrationActivation", NEEDED, ["activationLink"], {
    en: [`Welcome to ${ORG}`, "Thank you for registering. Activate your account here."],
  }),
  template("SelfServiceUnlock", NEEDED, ["unlockAccountLink"], {
    en: ["Unlock your account", "You asked to unlock your account. Do it here."],
  }),
  template("UserActivation", NEEDED, ["activationLink"], {
    en: [`Welcome to ${ORG}`, "An account was made for you. Activate it here."],
    de: [`Willkommen bei ${ORG}`, "Für Sie wurde ein Konto angelegt. Aktivieren Sie es hier."],
    ja: [`${ORG} へようこそ`, "アカウントが作成されました。こちらから有効化してください。"],
    ar: [`مرحبا بك في ${ORG}`, "أُنشئ لك حساب. فعّله من هنا."],
  }),
];

/** The org's own text in a language; otherwise in its main language (`pt` for `pt-BR`), or else in English. */
export function ownText({ texts }: EmailTemplate, language = "en"): EmailText {
  const tag = language.toLowerCase();
  const found = texts.get(tag) ?? texts.get(tag.split("-")[0] ?? "") ?? texts.get("en");
  if (found === undefined) throw new Error("A template without an English text.");
  return found;
}

/** Those of a template's required variables that a body does not contain, as `${name}` or `$name`. */
export function missingVariables({ required }: EmailTemplate, body: string): string[] {
  return required.filter((name) => !body.includes(reference(name)) && !new RegExp(`\\$${name}\\b`).test(body));
}

/** A text with its variables filled in. A variable without a value stays as it is. */
export function filledIn(text: EmailText, values: ReadonlyMap<string, string>): EmailText {
  const fill = (source: string) =>
    source.replace(/\$(?:\{([\w.]+)\}|([a-z]\w*(?:\.\w+)*))/gi, (whole, braced?: string, bare?: string) => {
      return values.get(braced ?? bare ?? "") ?? whole;
    });
  return { subject: fill(text.subject), body: fill(text.body) };
}
