import type { Elsewhere } from "../../src/tool.js";

const inConsole = (what: string, where: string) =>
  `No tool does that here. ${what} in the Okta Admin Console: ${where}.`;

const PERSON = "Directory > People > the user";
const APP = "Applications > Applications > the app > Assignments";

/** Names that stand for what a tool here does under another. */
const SAME_JOB: readonly (readonly [tool: string, ...names: string[]])[] = [
  ["list_group_users", "list_group_members", "get_group_members", "get_group_users", "list_users_in_group"],
  ["list_group_apps", "list_assigned_applications_for_group", "list_group_applications", "get_group_apps"],
  ["list_applications", "list_apps", "get_apps", "get_applications", "search_applications", "search_apps"],
  ["get_application", "get_app", "get_app_details"],
  ["create_application", "create_app"],
  ["update_application", "update_app", "replace_application"],
  ["delete_application", "delete_app"],
  ["activate_application", "activate_app"],
  ["deactivate_application", "deactivate_app"],
  ["list_users", "search_users", "find_users", "find_user", "get_users", "user_search", "get_all_users"],
  ["get_user", "get_user_by_email", "get_user_by_login", "get_user_details", "get_user_profile", "read_user"],
  ["list_groups", "search_groups", "find_groups", "get_groups", "get_all_groups"],
  ["update_group", "replace_group"],
  ["add_user_to_group", "assign_user_to_group", "add_group_member", "add_member_to_group", "create_group_membership"],
  ["remove_user_from_group", "unassign_user_from_group", "delete_user_from_group", "remove_group_member"],
  ["get_logs", "get_system_logs", "get_system_log", "list_logs", "list_log_events", "get_event_logs", "search_logs"],
  ["get_login_failures", "get_failed_logins", "list_failed_logins", "get_failed_login_attempts"],
  ["deactivate_user", "disable_user"],
  ["get_user_profile_attributes", "get_user_schema", "list_user_schema", "list_profile_attributes"],
  ["update_policy", "replace_policy"],
  ["update_policy_rule", "replace_policy_rule"],
  ["list_custom_domains", "list_domains", "get_domains"],
  ["upload_brand_theme_logo", "upload_brand_logo"],
];

const OTHERS: readonly Elsewhere[] = [
  {
    names: ["list_user_groups", "get_user_groups", "get_groups_for_user", "list_groups_for_user"],
    use: ["list_group_users"],
    how: "tells who is in a group. A user's groups all together are in the Okta Admin Console: Directory > People > the user > Groups.",
  },
  {
    names: ["list_user_apps", "get_user_apps", "list_user_applications", "list_app_links", "get_user_app_links"],
    use: ["list_applications"],
    how: 'lists them with filter: user.id eq "<id of the user>" and expand: user/<id of the user>.',
  },
  {
    names: ["list_application_users", "list_app_users", "list_application_groups", "list_app_groups"],
    use: [],
    how: inConsole("Who has an app is", APP),
  },
  {
    names: ["assign_user_to_application", "assign_user_to_app", "assign_group_to_application", "assign_group_to_app"],
    use: ["add_user_to_group"],
    how: `gives a person the apps that a group has (list_group_apps). An app is assigned in the Okta Admin Console: ${APP}.`,
  },
  {
    names: [
      "unassign_user_from_application",
      "unassign_user_from_app",
      "unassign_group_from_app",
      "remove_user_from_app",
    ],
    use: ["remove_user_from_group"],
    how: `takes a person's apps that come with a group. Any other assignment ends in the Okta Admin Console: ${APP}.`,
  },
  { names: ["unlock_user"], use: [], how: inConsole("Accounts are unlocked", `${PERSON} > More Actions > Unlock`) },
  {
    names: ["suspend_user", "unsuspend_user"],
    use: [],
    how: `${inConsole("A person is suspended and let in again", `${PERSON} > More Actions`)} deactivate_user takes away more, and is not simply undone.`,
  },
  {
    names: ["activate_user", "reactivate_user", "enable_user"],
    use: [],
    how: `${inConsole("A person is activated", PERSON)} create_user activates a new one.`,
  },
  {
    names: ["reset_password", "reset_user_password", "expire_password", "forgot_password"],
    use: [],
    how: `${inConsole("Passwords are reset and expired", `${PERSON} > Reset Password`)} update_user can set a new one in credentials.`,
  },
  {
    names: ["set_password", "set_user_password", "change_password", "set_temporary_password"],
    use: ["update_user"],
    how: "sets one: credentials: { password: { value: … } }, which the assistant then sees.",
  },
  {
    names: [
      "list_factors",
      "list_user_factors",
      "get_user_factors",
      "enroll_factor",
      "unenroll_factor",
      "reset_factors",
      "reset_factor",
      "reset_mfa",
      "reset_user_mfa",
    ],
    use: [],
    how: inConsole("A person's authenticators are seen and reset", `${PERSON} > More Actions > Reset Authenticators`),
  },
  {
    names: ["clear_user_sessions", "revoke_user_sessions", "list_user_sessions", "close_sessions"],
    use: [],
    how: inConsole("A person's sessions are ended", `${PERSON} > More Actions > Clear User Sessions`),
  },
  {
    names: ["delete_user", "remove_user", "deactivate_or_delete_user"],
    use: ["deactivate_user", "delete_deactivated_user"],
    how: "do it, one after the other.",
  },
  {
    names: ["get_current_user", "get_me", "whoami"],
    use: ["get_user"],
    how: "reads the signed-in person with user_id: me; get_scope_status tells what the sign-in may do.",
  },
  {
    names: ["add_users_to_group", "add_user_to_groups", "assign_users_to_groups", "assign_multiple_users_to_groups"],
    use: ["add_user_to_group"],
    how: "adds one person to one group; create_user takes group_ids.",
  },
  {
    names: ["export_users", "export_users_csv", "export_groups_csv", "export_csv"],
    use: ["list_users"],
    how: "with fetch_all reads all of them; `okta-mcp call list_users --arg fetch_all=true --json > users.json` writes them to a file.",
  },
  {
    names: ["list_group_rules", "get_group_rule", "create_group_rule", "activate_group_rule", "delete_group_rule"],
    use: [],
    how: inConsole("Group rules are", "Directory > Groups > Rules"),
  },
  {
    names: ["list_network_zones", "get_network_zone", "create_network_zone", "list_zones", "create_zone"],
    use: [],
    how: inConsole("Network zones are", "Security > Networks"),
  },
  {
    names: ["list_admins", "list_admin_roles", "list_user_roles", "assign_role", "assign_role_to_user", "list_roles"],
    use: [],
    how: inConsole("Admins and their roles are", "Security > Administrators"),
  },
  {
    names: ["list_api_tokens", "revoke_api_token"],
    use: [],
    how: inConsole("API tokens are", "Security > API > Tokens"),
  },
  {
    names: ["list_authenticators", "get_authenticator"],
    use: ["list_policies"],
    how: "with type: MFA_ENROLL tells which people may or have to set up. Authenticators themselves are in the Okta Admin Console: Security > Authenticators.",
  },
  {
    names: ["list_identity_providers", "list_idps", "get_identity_provider"],
    use: [],
    how: inConsole("Identity providers are", "Security > Identity Providers"),
  },
  {
    names: ["list_authorization_servers", "list_auth_servers", "get_authorization_server"],
    use: [],
    how: inConsole("Authorization servers are", "Security > API"),
  },
  {
    names: ["list_access_policies", "list_authentication_policies", "list_app_sign_on_policies", "get_access_policy"],
    use: ["list_policies"],
    how: "lists them with type: ACCESS_POLICY.",
  },
  { names: ["list_password_policies"], use: ["list_policies"], how: "lists them with type: PASSWORD." },
  {
    names: ["list_sign_on_policies", "list_global_session_policies"],
    use: ["list_policies"],
    how: "lists them with type: OKTA_SIGN_ON.",
  },
  { names: ["list_devices", "get_device"], use: [], how: inConsole("Devices are", "Directory > Devices") },
  {
    names: ["list_event_hooks", "list_inline_hooks", "create_event_hook"],
    use: [],
    how: inConsole("Hooks are", "Workflow > Event Hooks and Inline Hooks"),
  },
  {
    names: ["get_org", "get_org_settings", "get_organization"],
    use: [],
    how: inConsole("The org's settings are", "Settings > Account"),
  },
];

/** Names of tools of other Okta servers, of Okta's SDKs and of its Terraform provider. */
export const elsewhere: readonly Elsewhere[] = [
  ...SAME_JOB.map(([tool, ...names]) => ({ names, use: [tool], how: "does it." })),
  ...OTHERS,
];
