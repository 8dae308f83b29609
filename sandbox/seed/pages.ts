import type { PageKind } from "../state/brand-store.js";
import type { JsonObject } from "../state/model.js";

/** The versions of the Sign-In Widget that the org offers, newest first. */
export const WIDGET_VERSIONS: readonly string[] = [
  ...Array.from({ length: 37 }, (_, minor) => `7.${36 - minor}`),
  ...["6.9", "6.8", "6.7", "5.16", "5.15", "5.14"],
];

/** A page with the placeholders that Okta fills in. */
export function page(lang: string, title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="${lang}">
<head>
  <meta charset="UTF-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="shortcut icon" href="{{faviconUrl}}">
  <style nonce="{{nonceValue}}">
    body { background: url("{{bgImageUrl}}") center / cover; font-family: system-ui, sans-serif; }
  </style>
  {{{SignInWidgetResources}}}
</head>
<body>
${body}
</body>
</html>
`;
}

const WIDGET = `  <div id="okta-login-container"></div>
  {{{OktaUtil}}}
  <script nonce="{{nonceValue}}">
    const config = OktaUtil.getSignInWidgetConfig();
    new OktaSignIn(config).renderEl({ el: "#okta-login-container" }, OktaUtil.completeLogin);
  </script>`;

/** The body of a sign-in page: a line of the org's own above the place of the widget. */
export function signInBody(greeting: string): string {
  return `  <header>${greeting}</header>\n${WIDGET}`;
}

const NO_POLICY = { mode: "report_only", reportUri: "", srcList: [] };

/** Okta's own pages, for an org that has none of its own. */
export const DEFAULT_PAGES: Readonly<Record<PageKind, JsonObject>> = {
  "sign-in": {
    pageContent: page("en", "{{pageTitle}}", WIDGET),
    widgetVersion: "*",
    widgetCustomizations: { widgetGeneration: "G3", showPasswordVisibilityToggle: true, showUserIdentifier: true },
    contentSecurityPolicySetting: NO_POLICY,
  },
  error: {
    pageContent: page(
      "en",
      "{{pageTitle}}",
      `  <h1>{{errorSummary}}</h1>
  <p>{{{errorDescription}}}</p>
  {{#showTechnicalDetails}}<pre>{{technicalDetails}}</pre>{{/showTechnicalDetails}}
  <a href="{{buttonHref}}">{{buttonText}}</a>`,
    ),
    contentSecurityPolicySetting: NO_POLICY,
  },
};
