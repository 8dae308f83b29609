import * as applications from "./applications.js";
import * as brands from "./brands.js";
import * as customDomains from "./custom-domains.js";
import * as deviceAssurance from "./device-assurance.js";
import * as emailCustomizations from "./email-customizations.js";
import * as emailDomains from "./email-domains.js";
import * as emailTemplates from "./email-templates.js";
import * as errorPages from "./error-pages.js";
import * as groupMembers from "./group-members.js";
import * as groups from "./groups.js";
import * as journal from "./journal.js";
import * as policies from "./policies.js";
import * as policyLifecycle from "./policy-lifecycle.js";
import * as policyRuleLifecycle from "./policy-rule-lifecycle.js";
import * as policyRules from "./policy-rules.js";
import * as session from "./session.js";
import { elsewhere } from "./shared/elsewhere.js";
import { LEAVING } from "./shared/own-tools.js";
import * as signInPages from "./sign-in-pages.js";
import * as signOutPage from "./sign-out-page.js";
import * as systemLog from "./system-log.js";
import * as themes from "./themes.js";
import * as userLifecycle from "./user-lifecycle.js";
import * as users from "./users.js";

/** Every area of tools. The exports of an area's files are its tools. */
export const areas = {
  applications,
  brands,
  "custom-domains": customDomains,
  "device-assurance": deviceAssurance,
  "email-domains": emailDomains,
  "email-templates": { ...emailTemplates, ...emailCustomizations },
  "error-pages": errorPages,
  groups: { ...groups, ...groupMembers },
  journal,
  policies: { ...policies, ...policyLifecycle },
  "policy-rules": { ...policyRules, ...policyRuleLifecycle },
  session,
  "sign-in-pages": signInPages,
  "sign-out-page": signOutPage,
  "system-log": systemLog,
  themes,
  users: { ...users, ...userLifecycle },
};

/** The facts about tools that are not part of a tool. */
export const notes = { leaving: LEAVING, elsewhere };
