// Made by scripts/event-types.ts; not to be edited.

/** The ids of the event types that Okta publishes: the first part, and what follows it in each. */
export const EVENT_TYPE_IDS = `
access: request.cancel request.condition.activate request.condition.create request.condition.deactivate request.condition.delete
access: request.condition.invalidate request.condition.update request.create request.expire request.reject request.resolve
access: request.sequence.create request.sequence.delete request.sequence.update request.settings.update request.update
access: review.action review.close review.create review.remediate review.start review.update
account: aerial_template_condition.apply aerial_template_condition.create aerial_template_condition.delete
account: aerial_template_condition.remove aerial_template_condition.update org.add org.delete.cancel org.delete.request
account: org.product.update org.status.update org_group.create org_group.delete org_group.org.assign org_group.org.revoke
account: org_group.update
analytics: feedback.provide reports.export.download reports.export.generate reports.export.request
app: access_request.approver.approve access_request.approver.deny access_request.delete access_request.deny access_request.expire
app: access_request.grant access_request.request ad.api.user_import.account_locked
app: ad.api.user_import.warn.skipped_contact.attribute_invalid_value ad.api.user_import.warn.skipped_user.attribute_invalid_value
app: ad.api.user_import.warn.skipped_user.missing_required_attribute ad.credential.verify
app: ad.password_migration_campaign.cancel.end ad.password_migration_campaign.cancel.start ad.password_migration_campaign.create
app: ad.password_migration_campaign.finish.end ad.password_migration_campaign.finish.start
app: ad.password_migration_campaign.group.add ad.password_migration_campaign.user.capture_password
app: ad.password_migration_campaign.user.migrate.end ad.password_migration_campaign.user.migrate.start ai_agent_provider.activate
app: ai_agent_provider.create ai_agent_provider.credential.validate ai_agent_provider.deactivate ai_agent_provider.delete
app: ai_agent_provider.import.complete ai_agent_provider.import.start ai_agent_provider.import_staging.confirm
app: ai_agent_provider.import_staging.ignore ai_agent_provider.priority.update ai_agent_provider.update app_instance.csr.generate
app: app_instance.csr.publish app_instance.csr.revoke app_instance.provision_sync_job.completed
app: app_instance.provision_sync_job.failed app_instance.provision_sync_job.started cross_app_access.connection.create
app: cross_app_access.connection.delete cross_app_access.connection.update generic.unauth_app_access_attempt
app: inbound_del_auth.login_success interclient_mapping.create interclient_mapping.delete interclient_mapping.delete_all
app: kerberos_rich_client.account_not_found kerberos_rich_client.instance_not_found kerberos_rich_client.multiple_accounts_found
app: kerberos_rich_client.user_authentication_successful keys.clone keys.generate keys.rotate ldap.password.change.failed
app: oauth2.admin.consent.grant oauth2.admin.consent.revoke oauth2.as.authorize oauth2.as.authorize.code
app: oauth2.as.authorize.implicit.access_token oauth2.as.authorize.implicit.id_token oauth2.as.authorize.scope_denied
app: oauth2.as.consent.grant oauth2.as.consent.revoke oauth2.as.consent.revoke.implicit.as
app: oauth2.as.consent.revoke.implicit.client oauth2.as.consent.revoke.implicit.scope oauth2.as.consent.revoke.implicit.user
app: oauth2.as.consent.revoke.user oauth2.as.consent.revoke.user.client oauth2.as.evaluate.claim
app: oauth2.as.interact.interaction_code oauth2.as.interact.interaction_handle oauth2.as.key.rollover
app: oauth2.as.resource_server.credentials.lifecycle.activate oauth2.as.resource_server.credentials.lifecycle.create
app: oauth2.as.resource_server.credentials.lifecycle.deactivate oauth2.as.resource_server.credentials.lifecycle.delete
app: oauth2.as.token.detect_reuse oauth2.as.token.grant oauth2.as.token.grant.access_token oauth2.as.token.grant.device_secret
app: oauth2.as.token.grant.id_token oauth2.as.token.grant.interclient_token oauth2.as.token.grant.refresh_token
app: oauth2.as.token.revoke oauth2.authorize oauth2.authorize.code oauth2.authorize.implicit.access_token
app: oauth2.authorize.implicit.id_token oauth2.client.lifecycle.activate oauth2.client.lifecycle.create
app: oauth2.client.lifecycle.deactivate oauth2.client.lifecycle.delete oauth2.client.lifecycle.update
app: oauth2.client.privilege.grant oauth2.client.privilege.revoke oauth2.client.read_client_secret
app: oauth2.client_id_rate_limit_warning oauth2.consent.grant oauth2.credentials.lifecycle.activate
app: oauth2.credentials.lifecycle.create oauth2.credentials.lifecycle.deactivate oauth2.credentials.lifecycle.delete
app: oauth2.interact.interaction_code oauth2.interact.interaction_handle oauth2.invalid_client_credentials oauth2.key.rollover
app: oauth2.signon oauth2.token.detect_reuse oauth2.token.grant oauth2.token.grant.access_token oauth2.token.grant.id_jag
app: oauth2.token.grant.id_token oauth2.token.grant.interclient_token oauth2.token.grant.oauth_sts
app: oauth2.token.grant.refresh_token oauth2.token.grant.service_account oauth2.token.grant.vaulted_secret
app: oauth2.token.oauth_sts.request_token oauth2.token.revoke oauth2.token.revoke.implicit.as oauth2.token.revoke.implicit.client
app: oauth2.token.revoke.implicit.user oauth2.trusted_server.add oauth2.trusted_server.delete
app: office365.api.change.domain.federation.success office365.api.error.ad.user office365.api.error.check.user.exists
app: office365.api.error.create.user office365.api.error.deactivate.user office365.api.error.download.custom.objects
app: office365.api.error.download.groups office365.api.error.download.users office365.api.error.endpoint.unavailable
app: office365.api.error.get.company.dirsync.failure office365.api.error.get.company.dirsync.status.failure
app: office365.api.error.get.company.dirsync.status.pending office365.api.error.get.object.ids.by.group.id
app: office365.api.error.group.create.failure office365.api.error.group.create.failure.name.in.use
app: office365.api.error.group.delete.failure office365.api.error.group.membership.update.failure
app: office365.api.error.group.membership.update.group.not.found.failure office365.api.error.group.update.failure
app: office365.api.error.group.update.failure.not.found office365.api.error.import.profile office365.api.error.push.password
app: office365.api.error.push.profile office365.api.error.reactivate.user office365.api.error.remove.domain.federation.failure
app: office365.api.error.remove.domain.federation.failure.access.denied
app: office365.api.error.remove.domain.federation.failure.domain.not.found office365.api.error.revoke.refresh.token
app: office365.api.error.set.company.dirsync.failure office365.api.error.set.company.dirsync.status.failure
app: office365.api.error.set.domain.federation.failure office365.api.error.set.domain.federation.failure.access.denied
app: office365.api.error.set.domain.federation.failure.domain.default
app: office365.api.error.set.domain.federation.failure.domain.not.found office365.api.error.sync.contact
app: office365.api.error.sync.finalize office365.api.error.sync.group office365.api.error.sync.not.activated
app: office365.api.error.sync.set.attribute office365.api.error.sync.user office365.api.error.unable.to.create.graph.client
app: office365.api.error.validate.admin.creds office365.api.error.validate.creds
app: office365.api.error.x-ms-forwarded-client-ip-header.absent office365.api.remove.domain.federation.success
app: office365.api.set.domain.federation.success office365.api.sync.complete office365.api.sync.heartbeat.sent
app: office365.api.sync.job.complete office365.api.sync.job.complete.contact office365.api.sync.job.complete.group
app: office365.api.sync.job.complete.user office365.clientplatform.conversion.job.processing.app.instance
app: office365.clientplatform.conversion.job.skipping.migration office365.dirsync.skipping.conflict-object
app: office365.dirsync.skipping.critical-system-object office365.dirsync.skipping.non-security-group-invalid-mail
app: office365.dirsync.skipping.reserved-attribute-value office365.dirsync.skipping.systemmailbox
app: office365.dirsync.skipping.without-name-and-displayname office365.error.importing.user
app: office365.graph.api.error.no.mailbox.found office365.graph.api.error.rate-limit.exceeded
app: office365.graph.api.error.service.principal.creation.failed
app: office365.graph.api.error.service.principal.msgraph.authentication.failure office365.provisioning_app.create
app: office365.provisioning_app_credential.rotate office365.service.principal.cleanup.job.complete
app: office365.service.principal.cleanup.job.invalid.credentials office365.service.principal.cleanup.job.processing
app: office365.service.principal.cleanup.job.skipping.missing.creds
app: office365.service.principal.cleanup.job.skipping.no.service.principal
app: office365.service.principal.cleanup.job.unable.to.delete.service.principal office365.user.delete.success
app: office365.user.lifecycle.action.failed office365.user.remove.licenses.success policy.sign_on.update
app: radius.agent.listener.failed radius.agent.listener.succeeded radius.agent.port_inaccessible radius.agent.port_reaccessible
app: radius.info_access.no_permission radius.info_access.partial_permission realtimesync.import.details.add_user
app: realtimesync.import.details.delete_user realtimesync.import.details.update_user request_new.notify
app: rum.config.validation.error rum.is.api.account.error rum.package.thrown.error rum.validation.error
app: saml.sensitive.attribute.update user_management user_management.grouppush.mapping.created.from.rule
app: user_management.grouppush.mapping.created.from.rule.error.duplicate
app: user_management.grouppush.mapping.created.from.rule.error.validation
app: user_management.grouppush.mapping.created.from.rule.errors user_management.grouppush.mapping.okta.users.ignored
app: user_management.import.csv.line.error user_management.push_new_user_success user_management.update_from_master_failed
app: user_management.user_group_import.create_failure user_management.user_group_import.delete_success
app: user_management.user_group_import.update_failure user_management.user_group_import.upsert_fail
app: user_management.user_group_import.upsert_success
application: account.decision.confirm account.decision.ignore account.decision.revoke account.detect account.match.update
application: account.remove appuser.mapping.invalid.expression cache.invalidate configuration.detect_error
application: configuration.disable_delauth_outbound configuration.disable_fed_broker_mode configuration.enable_delauth_outbound
application: configuration.enable_fed_broker_mode configuration.import_schema configuration.read_client_secret
application: configuration.reset_logo configuration.update configuration.update_api_credentials_for_pass_change
application: configuration.update_logo configuration.update_rate_limits integration.api_query integration.authentication_failure
application: integration.general_failure integration.rate_limit_exceeded integration.transfer_files lifecycle.activate
application: lifecycle.create lifecycle.deactivate lifecycle.delete lifecycle.update policy.sign_on.deny_access
application: policy.sign_on.rule.create policy.sign_on.rule.delete policy.sign_on.update provision.field_mapping_rule.change
application: provision.group.add provision.group.import provision.group.remove provision.group.update
application: provision.group.verify_exists provision.group_membership.add provision.group_membership.import
application: provision.group_membership.remove provision.group_membership.update provision.group_push.activate_mapping
application: provision.group_push.deactivate_mapping provision.group_push.delete_appgroup
application: provision.group_push.mapping.and.groups.deleted.rule.deleted provision.group_push.mapping.app.group.renamed
application: provision.group_push.mapping.app.group.renamed.failed provision.group_push.mapping.created
application: provision.group_push.mapping.created.from.rule.warning.duplicate.name
application: provision.group_push.mapping.created.from.rule.warning.duplicate.name.tobecreated
application: provision.group_push.mapping.created.from.rule.warning.upsertGroup.duplicate.name
application: provision.group_push.mapping.deactivated.source.group.renamed
application: provision.group_push.mapping.deactivated.source.group.renamed.failed
application: provision.group_push.mapping.update.or.delete.failed provision.group_push.mapping.update.or.delete.failed.with.error
application: provision.group_push.push_memberships provision.group_push.pushed provision.group_push.removed
application: provision.group_push.updated provision.integration.call_api provision.user.activate provision.user.deactivate
application: provision.user.delete provision.user.delete.schedule provision.user.deprovision provision.user.import
application: provision.user.import_profile provision.user.password provision.user.push provision.user.push_okta_password
application: provision.user.push_password provision.user.push_profile provision.user.reactivate provision.user.remove_entitlements
application: provision.user.remove_entitlements.schedule provision.user.sync provision.user.verify_exists
application: registration_policy.lifecycle.create registration_policy.lifecycle.update user_membership.add user_membership.approve
application: user_membership.change_password user_membership.change_username user_membership.deprovision user_membership.provision
application: user_membership.remove user_membership.restore user_membership.restore_password user_membership.revoke
application: user_membership.show_password user_membership.update
certification: campaign.close campaign.context.update campaign.create campaign.delete campaign.item.decide campaign.item.remediate
certification: campaign.launch campaign.update remediation.open
core: concurrency.org.limit.violation el.evaluate user_auth.idp.x509.crl_download_failure
credential: register revoke
device: assurance.policy.add assurance.policy.delete assurance.policy.update custom_push.send_notification
device: desktop_mfa.configuration.update desktop_mfa.device_logout.completed desktop_mfa.device_logout.started
device: desktop_mfa.enrollment.create desktop_mfa.recovery_pin.generate desktop_mfa.recovery_pin.rotate_secret enrollment.create
device: integration.endpoint_security.activate integration.endpoint_security.deactivate lifecycle.activate lifecycle.deactivate
device: lifecycle.delete lifecycle.suspend lifecycle.unsuspend local_account.create password_sync.authentication
device: password_sync.enrollment.create platform.add platform.delete platform.renew platform.secret_key.reset platform.update
device: platform_sso.authentication platform_sso.enrollment.create platform_sso.keys.register posture.check.add
device: posture.check.delete posture.check.update push.provider.create push.provider.delete push.provider.update
device: signals.status.timeout token.enrollment.create user.add user.remove user_os_account.sync
directory: app_user_profile.bootstrap app_user_profile.update external.group.membership.add external.group.membership.remove
directory: linked_object.create linked_object.delete mapping.update non_default_user_profile.create user_profile.bootstrap
directory: user_profile.update
event_hook: activated created deactivated deleted delivery updated verified
group: application_assignment.add application_assignment.remove application_assignment.skip_assignment_reconcile
group: application_assignment.update lifecycle.create lifecycle.delete privilege.grant privilege.revoke profile.update
group: user_membership.add user_membership.remove user_membership.rule.add_exclusion user_membership.rule.deactivated
group: user_membership.rule.error user_membership.rule.evaluation user_membership.rule.invalidate user_membership.rule.trigger
iam: policy.assignee_configuration.update policy.configuration.update resourceset.bindings.add resourceset.bindings.delete
iam: resourceset.create resourceset.delete resourceset.resources.add resourceset.resources.delete resourceset.resources.update
iam: resourceset.update role.create role.delete role.permission.conditions.add role.permission.conditions.delete
iam: role.permissions.add role.permissions.delete role.subscriptions.update role.update
inline_hook: activated created deactivated deleted executed response.processed updated verified
integration: api_service.lifecycle.authorize api_service.lifecycle.revoke
master_application: user_membership.add
mim: command.generic.acknowledged command.generic.cancelled command.generic.delegated command.generic.error command.generic.new
mim: command.generic.notnow command.ios.acknowledged command.ios.cancelled command.ios.error command.ios.formaterror
mim: command.ios.new createEnrollment.ANDROID createEnrollment.IOS createEnrollment.OSX createEnrollment.UNKNOWN
mim: createEnrollment.WINDOWS streamDevicesCSVDownload
network_zone: rule.disabled
oauth2: as.activated as.created as.deactivated as.deleted as.updated claim.created claim.deleted claim.updated scope.created
oauth2: scope.deleted scope.updated
org: not_configured_origin.redirection.usage
pam: active_directory.account_discovery.complete active_directory.account_rule.applied active_directory.account_rule.update
pam: active_directory.connection.update ad_connection.create ad_connection.delete ad_connection.update ad_task_settings.create
pam: ad_task_settings.delete ad_task_settings.update ad_task_settings.update_schedule ad_user_sync_task_settings.activate
pam: ad_user_sync_task_settings.create ad_user_sync_task_settings.deactivate ad_user_sync_task_settings.delete
pam: ad_user_sync_task_settings.update ad_user_sync_task_settings.update_schedule apikey.delete apikey.rotate app.update
pam: auth_token.issue billing_contact.create client.assign client.enroll client.remove client.state.update
pam: client_enrollment_policies.create client_enrollment_policies.delete client_enrollment_policies.update
pam: client_enrollment_policy_token.delete client_enrollment_policy_token.rotate cloud_account.create cloud_account.delete
pam: cloud_account.update credential_verification.end credential_verification.start entitlement_sudo.add_to_project
pam: entitlement_sudo.create entitlement_sudo.remove entitlement_sudo.remove_from_project entitlement_sudo.update gateway.create
pam: gateway.delete gateway.setup_token.create gateway.setup_token.delete gateway.setup_token.update gateway.update
pam: gateway_creds.issue group.bulk_membership_change group.create group.delete incoming_federation.approve
pam: incoming_federation.request integration.account_rule.create integration.account_rule.delete integration.account_rule.update
pam: integration.create integration.delete integration.health_change integration.update member.add member.remove
pam: offline_disabled_event offline_enabled_event offline_group.secrets.rotate outgoing_federation.approve password.change
pam: password.reset permission.change preauthorization.create preauthorization.update project.add_group project.create
pam: project.delete project.remove_group project.update project_group_selector.update resource.checkin.end resource.checkin.start
pam: resource.checkout resource_group.create resource_group.delete resource_group.update secret.create secret.delete secret.move
pam: secret.reveal secret.update secret_folder.create secret_folder.delete secret_folder.update security_policy.create
pam: security_policy.delete security_policy.evaluate security_policy.update server.enroll server.reassign server.remove
pam: server.ssh_login server_account.discovered server_account.password.reveal server_account.password_change.initiated
pam: server_account.password_change.out_of_band server_account.password_change.update server_account.update server_labels.update
pam: service.create service.remove service_account.assign service_account.create service_account.delete
pam: service_account.password.reveal service_account.password.update service_account.password_rotation.end
pam: service_account.password_rotation.start service_account.update sudo_command_bundle.create sudo_command_bundle.delete
pam: sudo_command_bundle.update team.create team.delete team_group_attribute.create team_group_attribute.delete
pam: team_group_attribute.update team_invitation.create team_project_group_attribute.create team_project_group_attribute.delete
pam: team_project_group_attribute.update team_project_user_attribute.create team_project_user_attribute.delete
pam: team_project_user_attribute.update team_settings.update team_user_attribute.create team_user_attribute.delete
pam: team_user_attribute.update unbound_client.enroll unmanaged_server.create user.create user.remove user.update user_creds.issue
pam: workload_connection.api_key.create workload_connection.api_key.revoke workload_connection.api_key.rotation.activate
pam: workload_connection.api_key.rotation.create workload_connection.api_key.rotation.delete workload_connection.api_key.update
pam: workload_connection.create workload_connection.delete workload_connection.update workload_role.create workload_role.delete
pam: workload_role.update
personal: admin.configuration.update user.app_migration.export
pki: ca.add ca.delete ca.expiration.warn ca.renew ca.scope.mapping.update cert.bind cert.crl_download_failure cert.issue
pki: cert.lifecycle.activate cert.lifecycle.delete cert.lifecycle.hold cert.lifecycle.revoke cert.lifecycle.suspend cert.renew
pki: cert.revoke
plugin: downloaded script_status
policy: auth_reevaluate.action auth_reevaluate.enforce auth_reevaluate.fail continuous_access.action continuous_access.evaluate
policy: entity_risk.action entity_risk.evaluate evaluate_sign_on execute.user.start lifecycle.activate lifecycle.create
policy: lifecycle.deactivate lifecycle.delete lifecycle.overwrite lifecycle.update mapping.create rule.action.execute
policy: rule.activate rule.add rule.deactivate rule.delete rule.invalidate rule.update scheduled.execute
resource_servers: a2a_server.auth_server.add a2a_server.auth_server.remove a2a_server.delete a2a_server.register
resource_servers: api_server.activate api_server.auth_server.add api_server.auth_server.remove api_server.auth_server.update
resource_servers: api_server.deactivate api_server.delete api_server.register api_server.update
resource_servers: client_authentication_settings.create client_authentication_settings.delete
resource_servers: client_authentication_settings.update mcp_server.activate mcp_server.auth_server.create
resource_servers: mcp_server.auth_server.delete mcp_server.auth_server.update mcp_server.capability.discover mcp_server.deactivate
resource_servers: mcp_server.delete mcp_server.register mcp_server.update virtual_mcp_server.auth_server.add
resource_servers: virtual_mcp_server.auth_server.remove virtual_mcp_server.capability.add virtual_mcp_server.capability.remove
resource_servers: virtual_mcp_server.capability.update
scheduled_action: user_suspension.canceled user_suspension.completed user_suspension.scheduled user_suspension.updated
security: attack.end attack.start attack_protection.settings.update authenticator.lifecycle.activate
security: authenticator.lifecycle.create authenticator.lifecycle.deactivate authenticator.lifecycle.update
security: behavior.settings.create behavior.settings.delete behavior.settings.update breached_credential.detected
security: device.add_request_blacklist_policy device.remove_request_blacklist_policy device.temporarily_disable_blacklisting
security: events.provider.activate events.provider.create events.provider.deactivate events.provider.delete
security: events.provider.receive_event events.provider.update events.transmitter.create events.transmitter.delete
security: events.transmitter.update protected_action.attempt protected_action.settings.update request.blocked
security: session.detect_client_roaming session_protection.status.update threat.configuration.update threat.detected
security: trusted_origin.activate trusted_origin.create trusted_origin.deactivate trusted_origin.delete trusted_origin.update
security: voice.add_country_blacklist voice.remove_country_blacklist zone.make_blacklist zone.remove_blacklist
self_service: disabled enabled
support: org.update org.view
system: agent.ad.config_change_detected agent.ad.connect agent.ad.create agent.ad.deactivate agent.ad.delete
system: agent.ad.dirsync.verify agent.ad.import_ou agent.ad.import_user agent.ad.invoke_dir agent.ad.reactivate
system: agent.ad.read_config agent.ad.read_dirsync agent.ad.read_ldap agent.ad.read_schema agent.ad.read_topology
system: agent.ad.realtimesync agent.ad.reset_user_password agent.ad.start agent.ad.unlock_user_account agent.ad.update
system: agent.ad.update_user agent.ad.upgrade agent.ad.upload_iwa_log agent.ad.upload_log agent.ad.write_ldap agent.auto_update
system: agent.connector.connect agent.connector.deactivate agent.connector.delete agent.connector.reactivate
system: agent.ldap.change_user_password agent.ldap.config_change_detected agent.ldap.create_user_JIT agent.ldap.disconnect
system: agent.ldap.realtimesync agent.ldap.reconnect agent.ldap.reset_user_password agent.ldap.unlock_user_account
system: agent.ldap.update_user agent.ldap.update_user_password agent.register agent_pools.auto_update api_token.create
system: api_token.enable api_token.request_outside_allowed_range api_token.revoke api_token.update beta.feature.enable
system: brand.create brand.delete brand.update captcha.create captcha.delete captcha.update
system: client.concurrency_rate_limit.notification client.concurrency_rate_limit.violation client.rate_limit.notification
system: client.rate_limit.violation csv.import_user custom_email_server.lifecycle.activate custom_email_server.lifecycle.create
system: custom_email_server.lifecycle.deactivate custom_email_server.lifecycle.delete custom_email_server.lifecycle.update
system: custom_error.delete custom_error.update custom_signin.delete custom_signin.update custom_signout.update
system: custom_url_domain.cert_renew custom_url_domain.cert_upload custom_url_domain.delete custom_url_domain.initiate
system: custom_url_domain.update custom_url_domain.verify directory.debugger.extend directory.debugger.grant
system: directory.debugger.query_executed directory.debugger.revoke dr.failback dr.failover email.account_unlock.sent_message
system: email.bounce.removal email.challenge_factor_redeemed email.delivery email.mfa_enroll_notification.sent_message
system: email.mfa_reset_notification.sent_message email.new_device_notification.sent_message email.password_reset.sent_message
system: email.send_factor_verify_message email.template.create email.template.delete email.template.settings_changed
system: email.template.update email_domain.create email_domain.delete email_domain.update email_domain.verify feature.disable
system: feature.ea_auto_enroll feature.enable hook.key.created hook.key.deleted hook.key.updated identity_sources.bulk_delete
system: identity_sources.bulk_device_delete identity_sources.bulk_device_upsert identity_sources.bulk_group_delete
system: identity_sources.bulk_group_membership_delete identity_sources.bulk_group_membership_upsert
system: identity_sources.bulk_group_upsert identity_sources.bulk_upsert identity_sources.group.create
system: identity_sources.group.delete identity_sources.group.update identity_sources.group.user.assign
system: identity_sources.group.user.revoke identity_sources.user.create identity_sources.user.delete identity_sources.user.update
system: idp.key.create idp.key.delete idp.key.update idp.lifecycle.activate idp.lifecycle.create idp.lifecycle.deactivate
system: idp.lifecycle.delete idp.lifecycle.read_client_secret idp.lifecycle.update import.clear.unconfirmed.users.summary
system: import.complete import.complete_batch import.custom_object.complete import.custom_object.create
system: import.custom_object.delete import.custom_object.update import.download.complete import.download.start import.entitlement
system: import.entitlement.mismatch import.group.complete import.group.create import.group.delete import.group.start
system: import.group.update import.group_membership.complete import.implicit_deletion.complete import.implicit_deletion.start
system: import.import_profile import.import_provisioning_info import.membership_processing.complete
system: import.membership_processing.start import.object_creation.complete import.object_creation.start import.roadblock
system: import.roadblock.reschedule_and_resume import.roadblock.resume import.roadblock.updated import.schedule
system: import.session.cancelled import.session.created import.session.expired import.session.triggered import.start
system: import.user.complete import.user.create import.user.delete import.user.match import.user.start import.user.suspend
system: import.user.unsuspend import.user.unsuspend_after_confirm import.user.update import.user.update_user_lifecycle_from_master
system: import.user_csv.complete import.user_csv.start import.user_match.confirm import.user_match.unignore
system: import.user_match.update import.user_matching.complete import.user_matching.start iwa.create iwa.go_offline iwa.go_online
system: iwa.promote_primary iwa.remove iwa.update iwa.use_default iwa_agentless.auth iwa_agentless.auth_after_redirect
system: iwa_agentless.redirect iwa_agentless.update iwa_agentless.user.not_found iwa_agentless_kerberos.update
system: ldapi.admin_limit_exceeded ldapi.bind ldapi.search ldapi.unbind log_stream.lifecycle.activate log_stream.lifecycle.create
system: log_stream.lifecycle.deactivate log_stream.lifecycle.delete log_stream.lifecycle.update mfa.factor.activate
system: mfa.factor.deactivate oauth2.token.request_outside_allowed_range operation.concurrency_limit.violation
system: operation.rate_limit.violation operation.rate_limit.warning org.captcha.activate org.captcha.deactivate
system: org.lifecycle.create org.rate_limit.burst org.rate_limit.expiration.warning org.rate_limit.violation
system: org.rate_limit.warning org.task.remove push.send_factor_verify_push rate_limit.configuration.update
system: self_service.configuration.update sms.receive_status sms.send_account_unlock_message sms.send_factor_verify_message
system: sms.send_okta_push_verify_message sms.send_password_reset_message sms.send_phone_verification_message theme.update
system: voice.receive_status voice.send_account_unlock_call voice.send_call voice.send_mfa_challenge_call
system: voice.send_password_reset_call voice.send_phone_verification_call well_known_uri.update
task: lifecycle.activate lifecycle.create lifecycle.deactivate lifecycle.delete lifecycle.update
user: account.expire_password account.lock account.lock.limit account.preference_update account.privilege.grant
user: account.privilege.revoke account.report_suspicious_activity_by_enduser account.reset_password account.subscriptions.update
user: account.unlock account.unlock_by_admin account.unlock_failure account.unlock_token account.update_password
user: account.update_primary_email account.update_profile account.update_secondary_email account.update_user_type
user: account.use_token authentication.auth authentication.auth_identifier_not_in_policy
user: authentication.auth_unconfigured_identifier authentication.auth_via_AD_agent authentication.auth_via_IDP
user: authentication.auth_via_LDAP_agent authentication.auth_via_inbound_SAML authentication.auth_via_inbound_delauth
user: authentication.auth_via_iwa authentication.auth_via_mfa authentication.auth_via_radius authentication.auth_via_richclient
user: authentication.auth_via_social authentication.authenticate authentication.dsso_via_non_priority_source authentication.slo
user: authentication.sso authentication.universal_logout authentication.universal_logout.scheduled authentication.verify
user: behavior.profile.reset credential.enroll device_session.end device_session.start identity_snapshot.attestation.create
user: identity_verification identity_verification.start import.password lifecycle.activate lifecycle.create lifecycle.deactivate
user: lifecycle.delete.completed lifecycle.delete.initiated lifecycle.jit.error.read_only lifecycle.password_mass_expiry
user: lifecycle.reactivate lifecycle.suspend lifecycle.unsuspend mfa.attempt_bypass mfa.factor.activate mfa.factor.deactivate
user: mfa.factor.reset_all mfa.factor.suspend mfa.factor.unsuspend mfa.factor.update mfa.okta_verify mfa.okta_verify.deny_push
user: mfa.okta_verify.deny_push_upgrade_needed mfa.promote_enrollment risk.change risk.detect session.access_admin_app
user: session.clear session.context.change session.end session.expire session.impersonation.end session.impersonation.extend
user: session.impersonation.grant session.impersonation.initiate session.impersonation.revoke session.start
workflows: org.step_execution_limit.violation org.step_execution_limit.warning user.connection.create user.connection.delete
workflows: user.connection.reauthorize user.connection.revoke user.delegatedflow.run user.execution_log_stream_connection.activate
workflows: user.execution_log_stream_connection.deactivate user.execution_log_stream_connection.update user.flow.activate
workflows: user.flow.create user.flow.deactivate user.flow.delete user.flow.execution.cancel user.flow.execution_history.activate
workflows: user.flow.execution_history.deactivate user.flow.execution_history.delete user.flow.execution_log_stream.activate
workflows: user.flow.execution_log_stream.deactivate user.flow.export user.flow.import user.flow.move user.flow.save
workflows: user.folder.create user.folder.delete user.folder.duplicate user.folder.export user.folder.import user.folder.move
workflows: user.folder.rename user.role.group.add user.role.group.remove user.role.user.add user.role.user.remove
workflows: user.table.create user.table.delete user.table.export user.table.import user.table.move user.table.schema.export
workflows: user.table.schema.import user.table.update user.table.view user.truststore.create user.truststore.delete
workflows: user.truststore.update user.truststore.view
workload_principal: activate ai_agent.credential.activate ai_agent.credential.create ai_agent.credential.deactivate
workload_principal: ai_agent.credential.delete deactivate delegation_link.create delegation_link.delete delete register
workload_principal: resource_connection.activate resource_connection.create resource_connection.deactivate
workload_principal: resource_connection.delete resource_connection.update sign_on_provider.add sign_on_provider.remove update
zone: activate create deactivate delete make_blacklist remove_blacklist update
`;
