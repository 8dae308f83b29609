import type { Org } from "../org.js";
import type { Route } from "../route.js";
import { appAssignmentRoutes } from "./app-assignments.js";
import { applicationRoutes } from "./applications.js";
import { brandRoutes } from "./brands.js";
import { customDomainRoutes } from "./custom-domains.js";
import { deviceAssuranceRoutes } from "./device-assurance.js";
import { emailDomainRoutes } from "./email-domains.js";
import { emailTemplateRoutes } from "./email-templates.js";
import { groupRoutes } from "./groups.js";
import { pageRoutes } from "./pages.js";
import { policyRoutes } from "./policies.js";
import { policyRuleRoutes } from "./policy-rules.js";
import { schemaRoutes } from "./schemas.js";
import { systemLogRoutes } from "./system-log.js";
import { themeRoutes } from "./themes.js";
import { userLifecycleRoutes } from "./user-lifecycle.js";
import { userRoutes } from "./users.js";

const AREAS = [
  userRoutes,
  userLifecycleRoutes,
  groupRoutes,
  applicationRoutes,
  appAssignmentRoutes,
  policyRoutes,
  policyRuleRoutes,
  deviceAssuranceRoutes,
  systemLogRoutes,
  schemaRoutes,
  brandRoutes,
  themeRoutes,
  pageRoutes,
  emailTemplateRoutes,
  customDomainRoutes,
  emailDomainRoutes,
];

/** All operations of the Management API in the sandbox. A new area is one entry above. */
export function managementRoutes(org: Org): Route[] {
  return AREAS.flatMap((routesOf) => routesOf(org));
}
