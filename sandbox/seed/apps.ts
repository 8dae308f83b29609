import { DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "../facts.js";
import type { JsonObject } from "../state/model.js";

/** One app of the company and the names of the groups that have it. `Everyone` is the built-in group. */
export interface SeedApp {
  app: JsonObject & { label: string; signOnMode: string };
  groups: readonly string[];
  inactive?: boolean;
}

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

const saml = (host: string, more: JsonObject = {}): JsonObject => ({
  signOn: {
    defaultRelayState: "",
    ssoAcsUrl: `https://${host}/sso/saml`,
    audience: `https://${host}`,
    recipient: `https://${host}/sso/saml`,
    destination: `https://${host}/sso/saml`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Okta's own expression language.
    subjectNameIdTemplate: "${user.userName}",
    subjectNameIdFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    responseSigned: true,
    assertionSigned: true,
    signatureAlgorithm: "RSA_SHA256",
    digestAlgorithm: "SHA256",
    honorForceAuthn: true,
    authnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    requestCompressed: false,
    allowMultipleAcsEndpoints: false,
    acsEndpoints: [],
    attributeStatements: [
      {
        type: "EXPRESSION",
        name: "department",
        namespace: "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
        values: ["user.department"],
      },
    ],
    ...more,
  },
});

/** The directory that brings an imported group. It is added first, so that the group can name it. */
export const DIRECTORY_LABEL = "Plant Directory";

/** The 15 apps of the company: one of every sign-on mode of Okta's, and one of a future mode. */
export const SEED_APPS: readonly SeedApp[] = [
  {
    app: {
      label: DIRECTORY_LABEL,
      name: "active_directory",
      signOnMode: "AUTO_LOGIN",
      settings: {
        app: { namingContext: "plant.acme-robotics.example", searchOrgUnit: "", filterGroupsByOU: false },
      },
      visibility: { hide: { iOS: true, web: true }, appLinks: { login: false } },
    },
    groups: [],
  },
  {
    app: {
      id: DEVICE_CLIENT_ID,
      label: "okta-mcp",
      signOnMode: "OPENID_CONNECT",
      credentials: { oauthClient: { token_endpoint_auth_method: "none", pkce_required: true } },
      settings: {
        oauthClient: {
          application_type: "native",
          grant_types: [DEVICE_GRANT, "refresh_token"],
          response_types: [],
          redirect_uris: [],
          consent_method: "REQUIRED",
          issuer_mode: "DYNAMIC",
          refresh_token: { rotation_type: "ROTATE", leeway: 30 },
        },
        notes: { admin: "Signs administrators in to the okta-mcp server", enduser: null },
      },
    },
    groups: ["Okta Administrators"],
  },
  {
    app: {
      id: SERVICE_CLIENT_ID,
      label: "okta-mcp automation",
      signOnMode: "OPENID_CONNECT",
      credentials: { oauthClient: { token_endpoint_auth_method: "private_key_jwt" } },
      settings: {
        oauthClient: {
          application_type: "service",
          grant_types: ["client_credentials"],
          response_types: ["token"],
          consent_method: "TRUSTED",
          issuer_mode: "DYNAMIC",
          dpop_bound_access_tokens: true,
        },
      },
    },
    groups: [],
  },
  {
    app: {
      label: "Google Workspace",
      name: "google",
      signOnMode: "SAML_2_0",
      features: ["PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH"],
      settings: {
        app: { afwOnly: false, domain: "acme-robotics.example", afwId: null, rpId: null },
        ...saml("www.google.example", { audienceOverride: null, recipientOverride: null }),
      },
      visibility: { appLinks: { accounts: true, mail: true, calendar: true, drive: true } },
    },
    groups: ["Everyone"],
  },
  {
    app: {
      label: "Salesforce",
      name: "salesforce",
      signOnMode: "SAML_2_0",
      features: ["IMPORT_NEW_USERS", "PUSH_PROFILE_UPDATES"],
      settings: {
        app: {
          instanceType: "PRODUCTION",
          integrationType: "STANDARD",
          loginUrl: "https://acme.my.salesforce.example",
        },
        ...saml("acme.my.salesforce.example"),
      },
    },
    groups: ["Sales", "Marketing", "Customer Support"],
  },
  {
    app: {
      label: "GitHub Enterprise",
      name: "githubcloud",
      signOnMode: "SAML_2_0",
      settings: { app: { githubOrg: "acme-robotics" }, ...saml("github.example") },
    },
    groups: ["Engineering", "Robotics Research", "Project Dandelion"],
  },
  {
    app: {
      label: "Robot Fleet Console",
      signOnMode: "OPENID_CONNECT",
      credentials: { oauthClient: { token_endpoint_auth_method: "client_secret_basic", pkce_required: true } },
      settings: {
        oauthClient: {
          client_uri: "https://fleet.acme-robotics.example",
          logo_uri: null,
          redirect_uris: ["https://fleet.acme-robotics.example/callback"],
          post_logout_redirect_uris: ["https://fleet.acme-robotics.example/"],
          response_types: ["code"],
          grant_types: ["authorization_code", "refresh_token"],
          application_type: "web",
          consent_method: "TRUSTED",
          issuer_mode: "DYNAMIC",
          idp_initiated_login: { mode: "DISABLED", default_scope: [] },
          wildcard_redirect: "DISABLED",
        },
      },
    },
    groups: ["Robot Fleet Operators", "Engineering", "Project Atlas"],
  },
  {
    app: {
      label: "Factory Floor Kiosk",
      signOnMode: "OPENID_CONNECT",
      credentials: { oauthClient: { token_endpoint_auth_method: "none", pkce_required: true } },
      settings: {
        oauthClient: {
          redirect_uris: ["https://kiosk.acme-robotics.example/callback"],
          response_types: ["code"],
          grant_types: ["authorization_code"],
          application_type: "browser",
          consent_method: "TRUSTED",
          issuer_mode: "DYNAMIC",
        },
      },
    },
    groups: ["Manufacturing", "Supply Chain"],
  },
  {
    app: {
      label: "Company Wiki",
      signOnMode: "BOOKMARK",
      settings: { app: { requestIntegration: false, url: "https://wiki.acme-robotics.example/" } },
    },
    groups: ["Everyone"],
  },
  {
    app: {
      label: "Travel Portal",
      name: "concur_travel",
      signOnMode: "AUTO_LOGIN",
      credentials: { scheme: "EDIT_USERNAME_AND_PASSWORD", revealPassword: false },
      settings: {
        app: { companyCode: "ACME-ROB" },
        signOn: { redirectUrl: null, loginUrl: "https://travel.example/login" },
      },
    },
    groups: ["Sales", "Managers"],
  },
  {
    app: {
      label: "Legacy Timesheets",
      signOnMode: "BROWSER_PLUGIN",
      credentials: { scheme: "ADMIN_SETS_CREDENTIALS", revealPassword: true },
      settings: {
        app: {
          buttonField: "#login",
          passwordField: "#password",
          usernameField: "#user",
          url: "https://time.acme-robotics.example/login",
          loginUrlRegex: null,
        },
      },
    },
    groups: ["Manufacturing", "Contractors"],
  },
  {
    app: {
      label: "Parts Catalogue",
      signOnMode: "SECURE_PASSWORD_STORE",
      credentials: { scheme: "SHARED_USERNAME_AND_PASSWORD", userName: "acme-buyers", password: {} },
      settings: {
        app: {
          url: "https://parts.example/login",
          passwordField: "pw",
          usernameField: "account",
          optionalField1: "site",
          optionalField1Value: "portland",
        },
      },
    },
    groups: ["Supply Chain"],
    inactive: true,
  },
  {
    app: {
      label: "Plant Telemetry",
      signOnMode: "BASIC_AUTH",
      credentials: { scheme: "EDIT_USERNAME_AND_PASSWORD" },
      settings: {
        app: {
          url: "https://telemetry.acme-robotics.example/",
          authURL: "https://telemetry.acme-robotics.example/auth",
        },
      },
    },
    groups: ["Manufacturing", "On-call"],
  },
  {
    app: {
      label: "SharePoint (on premises)",
      signOnMode: "WS_FEDERATION",
      settings: {
        app: {
          audienceRestriction: "urn:acme:sharepoint",
          groupName: null,
          groupFilter: "Project.*",
          groupValueFormat: "windowsDomainQualifiedName",
          realm: "urn:okta:acme-robotics",
          wReplyURL: "https://share.acme-robotics.example/_trust/",
          nameIDFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
          authnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
          siteURL: "https://share.acme-robotics.example",
          usernameAttribute: "upn",
          wReplyOverride: false,
          attributeStatements: null,
        },
      },
    },
    groups: ["Finance", "People", "Managers"],
  },
  {
    app: {
      label: "Badge Gateway",
      name: "badge_gateway",
      signOnMode: "WALLET_PRESENTATION",
      settings: {
        app: { siteIds: ["PDX-1", "STR-2"], revocation: { mode: "PUSH", graceSeconds: 30 } },
        presentation: {
          credentialType: "EmployeeBadge",
          minimumAssurance: 2,
          verifiers: [{ id: "gate-7", strict: true }],
        },
      },
      walletTrust: { anchors: ["did:web:acme-robotics.example"], selectiveDisclosure: true },
    },
    groups: ["Pilot: Passkeys", "Safety Certified"],
  },
];
