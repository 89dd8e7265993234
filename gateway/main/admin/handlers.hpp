// The handlers of the command table, by family.
#pragma once

#include "gateway/main/admin/commands.hpp"

namespace hutong::admin {

// registry_handlers.cpp
Answer org_add(Services&, const Arguments&);
Answer org_list(Services&, const Arguments&);
Answer consumer_add(Services&, const Arguments&);
Answer consumer_certificate(Services&, const Arguments&);
Answer consumer_list(Services&, const Arguments&);
Answer grant(Services&, const Arguments&);
Answer ungrant(Services&, const Arguments&);

// grant_request_handlers.cpp
Answer grant_request(Services&, const Arguments&);
Answer grant_list(Services&, const Arguments&);
Answer grant_accept(Services&, const Arguments&);
Answer grant_refuse(Services&, const Arguments&);
Answer grant_withdraw(Services&, const Arguments&);

// meter_handlers.cpp
Answer meter(Services&, const Arguments&);

// catalogue_handlers.cpp
Answer catalogue_list(Services&, const Arguments&);
Answer catalogue_show(Services&, const Arguments&);
Answer catalogue_themes(Services&, const Arguments&);
Answer catalogue_agencies(Services&, const Arguments&);
Answer catalogue_regions(Services&, const Arguments&);
Answer catalogue_set(Services&, const Arguments&);
Answer search(Services&, const Arguments&);

// credential_handlers.cpp
Answer consumer_password(Services&, const Arguments&);
Answer consumer_saml(Services&, const Arguments&);
Answer consumer_vouches(Services&, const Arguments&);

// publisher_handlers.cpp
Answer publisher_add(Services&, const Arguments&);
Answer publisher_password(Services&, const Arguments&);
Answer publisher_certificate(Services&, const Arguments&);
Answer publisher_remove(Services&, const Arguments&);
Answer publisher_list(Services&, const Arguments&);

// service_handlers.cpp
Answer service_publish(Services&, const Arguments&);
Answer service_install(Services&, const Arguments&);
Answer service_list(Services&, const Arguments&);
Answer service_show(Services&, const Arguments&);
Answer service_policy(Services&, const Arguments&);
Answer service_policy_change(Services&, const Arguments&);
Answer service_settings(Services&, const Arguments&);

// service_life_handlers.cpp
Answer service_submit(Services&, const Arguments&);
Answer service_approve(Services&, const Arguments&);
Answer service_refuse(Services&, const Arguments&);
Answer service_online(Services&, const Arguments&);
Answer service_deprecate(Services&, const Arguments&);
Answer service_offline(Services&, const Arguments&);
Answer service_retire(Services&, const Arguments&);
Answer service_history(Services&, const Arguments&);
Answer service_drafts(Services&, const Arguments&);
Answer service_diff(Services&, const Arguments&);
Answer consumer_warnings(Services&, const Arguments&);

// A contract as "main" and "files": paths and base64 contents, since WSDL files may be in any encoding.
Result<wsdl::Bundle> bundle_of(const Arguments& arguments);
json::array told(const std::vector<wsdl::Change>& changes);

// certificate_handlers.cpp
Answer cert_issue(Services&, const Arguments&);
Answer cert_list(Services&, const Arguments&);
Answer cert_show(Services&, const Arguments&);
Answer cert_revoke(Services&, const Arguments&);
Answer cert_renew(Services&, const Arguments&);
Answer cert_history(Services&, const Arguments&);

// request_handlers.cpp
Answer cert_request(Services&, const Arguments&);
Answer cert_requests(Services&, const Arguments&);
Answer cert_approve(Services&, const Arguments&);
Answer cert_refuse(Services&, const Arguments&);

// authority_handlers.cpp
Answer ca_list(Services&, const Arguments&);
Answer ca_add(Services&, const Arguments&);
Answer ca_complete(Services&, const Arguments&);
Answer ca_sign(Services&, const Arguments&);
Answer ca_retire(Services&, const Arguments&);
Answer ca_revoke(Services&, const Arguments&);
Answer ca_crl(Services&, const Arguments&);
Answer trust_add(Services&, const Arguments&);
Answer trust_list(Services&, const Arguments&);
Answer trust_remove(Services&, const Arguments&);

// security_key_handlers.cpp
Answer security_key_make(Services&, const Arguments&);
Answer security_key_list(Services&, const Arguments&);
Answer security_key_grant(Services&, const Arguments&);
Answer security_key_revoke(Services&, const Arguments&);
// What applications can have signed must not prove who a consumer is: refused, when the certificate's key is
// one of the security service's.
Awaitable<Result<void>> refuse_security_key(Services&, Bytes certificate);

// journal_handlers.cpp
Answer journal_seal(Services&, const Arguments&);
Answer journal_heads(Services&, const Arguments&);

// node_handlers.cpp
Answer node_status(Services&, const Arguments&);
Answer node_invite(Services&, const Arguments&);
Answer node_list(Services&, const Arguments&);

// own_account_handlers.cpp
Answer me(Services&, const Arguments&);
Answer me_sign_in(Services&, const Arguments&);
Answer me_sign_out(Services&, const Arguments&);
Answer me_password(Services&, const Arguments&);
Answer me_totp(Services&, const Arguments&);
Answer me_totp_confirm(Services&, const Arguments&);
Answer me_certificate(Services&, const Arguments&);

// officer_handlers.cpp
Answer officers_list(Services&, const Arguments&);
Answer officers_add(Services&, const Arguments&);
Answer officers_disable(Services&, const Arguments&);
Answer officers_enable(Services&, const Arguments&);
Answer officers_unlock(Services&, const Arguments&);
Answer officers_reset(Services&, const Arguments&);
Answer officers_separate(Services&, const Arguments&);
Answer officers_recover(Services&, const Arguments&);
Answer officers_recovery_finish(Services&, const Arguments&);
Answer officers_recovery_stop(Services&, const Arguments&);

json::object told(const security::Account& account);

// account_handlers.cpp
Answer account_list(Services&, const Arguments&);
Answer account_add(Services&, const Arguments&);
Answer account_disable(Services&, const Arguments&);
Answer account_enable(Services&, const Arguments&);
Answer account_unlock(Services&, const Arguments&);
Answer account_reset(Services&, const Arguments&);

// proposal_handlers.cpp
Answer two_persons_list(Services&, const Arguments&);
Answer two_persons_on(Services&, const Arguments&);
Answer two_persons_off(Services&, const Arguments&);
Answer proposals_list(Services&, const Arguments&);
Answer proposals_show(Services&, const Arguments&);
Answer proposals_approve(Services&, const Arguments&);
Answer proposals_refuse(Services&, const Arguments&);
Answer proposals_withdraw(Services&, const Arguments&);

// audit_handlers.cpp
Answer audit_list(Services&, const Arguments&);
Answer audit_accounts(Services&, const Arguments&);
Answer config_history(Services&, const Arguments&);
Answer commands_list(Services&, const Arguments&);

// The key that secrets in the database are sealed under; made with the very first one, on whatever node that
// is. (credential_handlers.cpp)
Awaitable<Result<security::SecretBox>> sealing_key(Services& services);

}  // namespace hutong::admin
