import type { Org } from "../org.js";
import { brandArea, DEFAULT_BRAND_ID } from "../state/brand-store.js";
import { page, signInBody } from "./pages.js";

/** Ids of the company's further brands. Other areas refer to them. */
export const JAPAN_BRAND_ID = "bndSandboxJapan00001";
export const CARE_BRAND_ID = "bndSandboxCare000001";

/** Adds the company's brands: the default one, a shop in Japan with pages of its own, and a help line. */
export function designBrands(org: Org): void {
  const store = org.area(brandArea);
  const main = store.get(DEFAULT_BRAND_ID);
  if (main === undefined) throw new Error("An org without a default brand.");
  store.changeTheme(main, {
    logo: `${org.origin}/fs/bco/logo/fs0SandboxLogoMain01`,
    primaryColorHex: "#0f4c81",
    secondaryColorHex: "#f4f1ea",
    signInPageTouchPointVariant: "BACKGROUND_SECONDARY_COLOR",
    emailTemplateTouchPointVariant: "FULL_THEME",
  });

  const japan = store.add({
    id: JAPAN_BRAND_ID,
    name: "アクメ・ロボティクス",
    locale: "ja",
    removePoweredByOkta: true,
    agreeToCustomPrivacyPolicy: true,
    customPrivacyPolicyUrl: "https://jp.acme-robotics.example/privacy",
    // A field that Okta has and its document lacks.
    accessibilityStatementUrl: "https://jp.acme-robotics.example/a11y",
  });
  store.changeTheme(japan, {
    logo: `${org.origin}/fs/bco/logo/fs0SandboxLogoJapan1`,
    backgroundImage: `${org.origin}/fs/bco/background-image/fs0SandboxImageJapan`,
    primaryColorHex: "#bc002d",
    signInPageTouchPointVariant: "BACKGROUND_IMAGE",
    errorPageTouchPointVariant: "BACKGROUND_IMAGE",
    seasonalAccentHex: "#f7c6c7",
  });
  store.setPage(japan, "sign-in", "customized", {
    pageContent: page(
      "ja",
      "アクメ・ロボティクスにサインイン",
      signInBody("ようこそ。社員証のメールアドレスでサインインしてください。🤖"),
    ),
    widgetVersion: "^7",
    widgetCustomizations: {
      signInLabel: "サインイン",
      usernameLabel: "メールアドレス",
      passwordLabel: "パスワード",
      helpLabel: "お困りですか？",
      helpUrl: "https://jp.acme-robotics.example/help",
      customLink1Label: "利用規約",
      customLink1Url: "https://jp.acme-robotics.example/terms",
      widgetGeneration: "G3",
      postAuthKeepMeSignedInPrompt: {
        title: "サインインしたままにしますか？",
        acceptButtonText: "はい",
        rejectButtonText: "いいえ",
      },
      seasonalGreeting: "桜の季節です",
    },
    contentSecurityPolicySetting: {
      mode: "enforced",
      reportUri: "https://csp.acme-robotics.example/report",
      srcList: ["https://cdn.acme-robotics.example", "data:"],
    },
    reviewedBy: "デザイン部",
  });
  store.setPage(japan, "error", "customized", {
    pageContent: page(
      "ja",
      "エラー",
      '  <h1>問題が発生しました</h1>\n  <p>{{errorDescription}}</p>\n  <p dir="rtl">حدث خطأ ما</p>',
    ),
    contentSecurityPolicySetting: { mode: "report_only", srcList: ["https://cdn.acme-robotics.example"] },
  });
  store.setPage(japan, "sign-in", "preview", {
    pageContent: page("ja", "春のサインイン", signInBody("春の新しいデザインを準備中です。")),
    widgetVersion: "7.36",
  });

  const care = store.add({ id: CARE_BRAND_ID, name: "Acme Care", locale: "pt-BR" });
  store.changeTheme(care, { primaryColorHex: "#2e7d32", loadingPageTouchPointVariant: "NONE" });
  store.setSignOut(care, { type: "EXTERNALLY_HOSTED", url: "https://care.acme-robotics.example/adeus" });
}
