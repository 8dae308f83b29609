/** Event types that are asked for most, in a phrase that tells more than the id does. */
const KNOWN = `
user.session.start: somebody signed in to Okta, or tried to; the outcome tells which
user.session.end: somebody signed out
user.session.clear: an admin or the user ended all sessions of a user
user.session.expire: a session ran out
user.session.access_admin_app: an admin opened the Admin Console
user.session.impersonation.grant: Okta's support was allowed to look into the org
user.session.impersonation.initiate: Okta's support began to look into the org
user.authentication.sso: somebody opened an app through Okta
user.authentication.auth_via_mfa: a further factor was checked
user.authentication.verify: an authenticator was checked
user.authentication.auth_via_IDP: somebody came through another identity provider
user.authentication.auth_via_AD_agent: a password was checked against Active Directory
user.authentication.auth_via_LDAP_agent: a password was checked against an LDAP directory
user.authentication.auth_via_radius: somebody signed in through RADIUS
user.authentication.universal_logout: somebody was signed out of everything
user.account.lock: an account was locked after wrong tries
user.account.lock.limit: an account was locked for good, since it was locked too often
user.account.unlock: an account was unlocked, by itself or by the user
user.account.unlock_by_admin: an admin unlocked an account
user.account.reset_password: a password was reset, by an admin or the user
user.account.update_password: a password was changed
user.account.expire_password: an admin made a password expire
user.account.update_profile: attributes of a profile changed
user.account.privilege.grant: a user got an admin role
user.account.privilege.revoke: a user lost an admin role
user.account.report_suspicious_activity_by_enduser: a user says that it was somebody else
user.lifecycle.create: a user was made
user.lifecycle.activate: a user was activated
user.lifecycle.deactivate: a user was deactivated and can no longer sign in
user.lifecycle.suspend: a user was suspended; groups and apps stay
user.lifecycle.unsuspend: a suspension was lifted
user.lifecycle.reactivate: a user got a new activation
user.lifecycle.delete.initiated: deleting a user began
user.lifecycle.delete.completed: a user was deleted for good
user.mfa.factor.activate: a user set up a factor
user.mfa.factor.deactivate: a factor of a user was taken away
user.mfa.factor.reset_all: all factors of a user were taken away
user.mfa.factor.update: a factor of a user changed
user.mfa.attempt_bypass: somebody tried to get past a factor
user.mfa.okta_verify.deny_push: a user refused a request on the phone
user.risk.detect: Okta saw a risk for a user
user.risk.change: the risk of a user became another
user.credential.enroll: a credential was set up
application.lifecycle.create: an app was made
application.lifecycle.update: the settings of an app changed
application.lifecycle.activate: an app was switched on
application.lifecycle.deactivate: an app was switched off
application.lifecycle.delete: an app was deleted
application.user_membership.add: a user got an app
application.user_membership.remove: a user lost an app
application.user_membership.update: an assignment of an app changed
application.user_membership.change_username: the user name in an app changed
application.user_membership.show_password: somebody had a password of an app shown
application.configuration.read_client_secret: somebody had a client secret shown
application.policy.sign_on.deny_access: the sign-in policy of an app kept somebody out
application.provision.user.push: a user was written into an app
application.provision.user.deactivate: a user was deactivated in an app
application.provision.user.sync: a user in an app was brought up to date
application.provision.group_push.pushed: a group was written into an app
app.generic.unauth_app_access_attempt: somebody without the app tried to open it
app.oauth2.signon: somebody signed in by OpenID Connect
app.oauth2.token.grant: tokens of the org's authorization server were given out
app.oauth2.as.token.grant: tokens of a custom authorization server were given out
app.oauth2.as.authorize: an authorization at a custom authorization server
app.oauth2.token.detect_reuse: a refresh token was used twice, which looks like theft
app.oauth2.as.token.detect_reuse: a refresh token was used twice, which looks like theft
app.oauth2.client.lifecycle.create: an OAuth client was made
app.oauth2.client.lifecycle.delete: an OAuth client was deleted
app.oauth2.invalid_client_credentials: a client came with a wrong secret or key
app.oauth2.admin.consent.grant: an app got a scope of Okta's API
app.oauth2.admin.consent.revoke: an app lost a scope of Okta's API
group.lifecycle.create: a group was made
group.lifecycle.delete: a group was deleted
group.profile.update: name, description or another attribute of a group changed
group.user_membership.add: a user came into a group
group.user_membership.remove: a user left a group
group.application_assignment.add: a group got an app
group.application_assignment.remove: a group lost an app
group.privilege.grant: a group got an admin role
group.privilege.revoke: a group lost an admin role
policy.evaluate_sign_on: a sign-in policy was asked, and which rule decided
policy.lifecycle.create: a policy was made
policy.lifecycle.update: a policy changed
policy.lifecycle.delete: a policy was deleted
policy.rule.add: a policy got a rule
policy.rule.update: a rule of a policy changed
policy.rule.delete: a rule of a policy was deleted
security.threat.detected: requests came from an address that Okta takes for an attacker's
security.attack.start: an attack on the org began
security.attack.end: an attack on the org ended
security.request.blocked: a request was blocked by a zone or a list
security.breached_credential.detected: a password of a user is known from a breach
system.api_token.create: an API token was made
system.api_token.revoke: an API token was revoked
system.api_token.enable: an API token was switched on again
system.org.rate_limit.warning: the org came near a rate limit
system.org.rate_limit.violation: the org went over a rate limit
system.email.delivery: what became of an e-mail that was sent
system.idp.lifecycle.create: an identity provider was added
system.log_stream.lifecycle.create: a log stream was added
zone.update: a network zone changed
zone.create: a network zone was made
device.enrollment.create: a device was enrolled
device.lifecycle.deactivate: a device was deactivated
iam.role.create: a custom admin role was made
iam.resourceset.create: a set of resources for admin roles was made
event_hook.delivery: an event was handed to a hook
`;

/** Words of ids that are no words of people, and what they stand for. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  AD: "Active Directory",
  LDAP: "LDAP directory",
  ad: "Active Directory",
  ai: "AI",
  api: "API",
  appuser: "app user",
  as: "custom authorization server",
  auth: "sign-in",
  creds: "credentials",
  crl: "revocation list",
  csr: "signing request",
  csv: "CSV",
  delauth: "delegated sign-in",
  dr: "disaster recovery",
  dsso: "desktop single sign-on",
  el: "Expression Language",
  grouppush: "group push",
  idp: "identity provider",
  ip: "address",
  iwa: "Integrated Windows Authentication",
  jit: "just-in-time creation",
  ldapi: "LDAP interface",
  mcp: "MCP",
  mfa: "multifactor",
  msgraph: "Microsoft Graph",
  oauth2: "OAuth 2.0",
  office365: "Office 365",
  orn: "resource name",
  realtimesync: "real-time sync",
  richclient: "rich client",
  slo: "single logout",
  sms: "text message",
  sso: "single sign-on",
  systemmailbox: "system mailbox",
  url: "URL",
  userinfo: "user info",
};

/** What was done, by the last word of an id, where no rule makes it of the word. */
const DONE: Readonly<Record<string, string>> = {
  deny: "denied",
  read: "read",
  reset: "reset",
  run: "run",
  send: "sent",
  set: "set",
  show: "shown",
  submit: "submitted",
  verify: "verified",
};

/** Verbs with which ids end. All other last words are names of things. */
const VERBS = new Set(
  "activate add allow approve archive assign authorize cancel change check clear clone close complete confirm convert create deactivate decide delete deliver deny detect disable discover duplicate edit enable end enroll evaluate execute expire export extend finish generate grant hold ignore import initiate invalidate issue launch lock migrate modify move notify open provide publish purge reactivate read reauthorize register reject remediate remove rename renew replace request reset resolve restore revoke rotate run save send set show start submit suspend sync unassign unlock unsuspend update validate verify view".split(
    " ",
  ),
);

/** The verbs that stand in front of what they are done to, as in `update_password`. */
const BEFORE_OBJECT = new Set("add create delete read remove rotate update".split(" "));

/** Words behind a verb that are not what it is done to. */
const NO_OBJECT = new Set(["only", "success", "failure", "failed", "error"]);

/** A verb as it stands behind what it was done to. */
function done(verb: string): string {
  if (Object.hasOwn(DONE, verb)) return DONE[verb] ?? verb;
  return verb.endsWith("e") ? `${verb}d` : `${verb}ed`;
}

function wordsOf(part: string): string[] {
  const words = part.split(/[_.-]/).flatMap((word) => word.split(/(?<=[a-z])(?=[A-Z][a-z])/));
  return words.map((word) => (Object.hasOwn(STANDS_FOR, word) ? (STANDS_FOR[word] ?? word) : word));
}

function known(): ReadonlyMap<string, string> {
  const lines = KNOWN.trim().split("\n");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]));
}

/** Makes a phrase of an event type: our own where there is one, else the words of its id, the verb at the end. */
export function eventPhrases(): (id: string) => string {
  const own = known();
  return (id) => {
    const phrase = own.get(id);
    if (phrase !== undefined) return phrase;
    const [area = "", ...parts] = id.split(".");
    const last = parts.pop() ?? "";
    const before = parts.filter((part) => part !== "lifecycle").flatMap(wordsOf);
    if (VERBS.has(last)) return [...(before.length === 0 ? wordsOf(area) : before), done(last)].join(" ");
    const [verb = "", ...object] = last.split("_");
    const isDone = BEFORE_OBJECT.has(verb) && object.length > 0 && !object.some((word) => NO_OBJECT.has(word));
    const behind = isDone ? [...object.flatMap(wordsOf), done(verb)] : wordsOf(last);
    return [...before, ...behind].join(" ");
  };
}

/** What the areas are about, by the first part of an event type. */
export const AREAS: Readonly<Record<string, string>> = {
  access: "requests for access, and reviews of access that people have",
  account: "the account of the company at Okta, and its several orgs",
  analytics: "reports",
  app: "OAuth 2.0 at apps, Office 365, imports, and agents of apps",
  application: "apps, who has them, and what is written into them",
  certification: "campaigns in which access is certified",
  core: "limits and expressions",
  credential: "credentials",
  device: "devices, and what proves their state",
  directory: "schemas, mappings and links of profiles",
  event_hook: "event hooks",
  group: "groups, their members, apps and admin roles",
  iam: "custom admin roles and sets of resources",
  inline_hook: "inline hooks",
  integration: "API service integrations",
  master_application: "apps from which profiles come",
  mim: "management of mobile devices",
  network_zone: "network zones",
  oauth2: "custom authorization servers, their claims and scopes",
  org: "the org itself",
  pam: "privileged access: servers, secrets, projects",
  personal: "Okta Personal",
  pki: "certificates and their authorities",
  plugin: "the browser plugin",
  policy: "policies, their rules, and what they decided",
  resource_servers: "API and MCP servers that the org knows",
  scheduled_action: "what is done to users at a set time",
  security: "threats, blocked requests, authenticators, protected actions, trusted origins",
  self_service: "self-service",
  support: "what Okta's support did",
  system: "agents, imports, e-mail, API tokens, rate limits, identity providers, brands",
  task: "tasks",
  user: "people: sign-ins, sessions, accounts, factors, passwords",
  workflows: "Okta Workflows",
  workload_principal: "programs and AI agents as principals",
  zone: "network zones",
};

/** The event types that have a phrase of their own. */
export function knownEvents(): readonly string[] {
  return [...known().keys()];
}
