#include "gateway/main/admin/commands.hpp"

#include <algorithm>
#include <array>

#include "gateway/main/admin/handlers.hpp"

namespace hutong::admin {

namespace {

// All ways to a certificate that the platform answers for: a consumer's, and what makes another such way (a
// CA, a key that signs documents, a node with keys of its own). For one person, the others would lead around
// the rest.
constexpr std::string_view certificates = "certificates";
// And both ways to a grant.
constexpr std::string_view grants = "grants";

constexpr bool names_its_subject(const Command& row) {
    return row.subject != Subject::unnamed ||
           std::ranges::none_of(security::agency_roles,
                                [&](security::Role role) { return row.duty.has(role); });
}

}  // namespace

std::span<const Command> command_table() {
    static constexpr std::array table{
        Command{"status", Effect::reads, by_anyone, Second::never, "", node_status},
        Command{"org.add", Effect::changes, by_system | by_registrar, Second::never, "id name", org_add},
        Command{"org.list", Effect::reads, by_everybody, Second::never, "", org_list, Subject::nobodys},
        Command{"consumer.add", Effect::changes, by_system | by_security | by_registrar, Second::never,
                "id org answer_key?", consumer_add},
        Command{"consumer.certificate", Effect::changes, by_security, Second::may,
                "consumer certificate encryption_certificate? org? answer_key?", consumer_certificate,
                Subject::unnamed, certificates},
        Command{"consumer.list", Effect::reads, by_keepers | by_developer, Second::never, "org?",
                consumer_list, Subject::org},
        Command{"consumer.password", Effect::changes, by_security, Second::never, "consumer password?!",
                consumer_password},
        Command{"consumer.saml", Effect::changes, by_security, Second::may, "consumer issuer name_id remove?",
                consumer_saml},
        Command{"consumer.vouches", Effect::changes, by_security, Second::may, "consumer no?",
                consumer_vouches},
        Command{"publisher.add", Effect::changes, by_security, Second::never, "id org password!",
                publisher_add},
        Command{"publisher.password", Effect::changes, by_security, Second::never, "publisher password!",
                publisher_password},
        Command{"publisher.certificate", Effect::changes, by_security, Second::may, "publisher certificate",
                publisher_certificate},
        Command{"publisher.remove", Effect::changes, by_security, Second::may, "publisher", publisher_remove},
        Command{"publisher.list", Effect::reads, by_keepers, Second::never, "", publisher_list},
        Command{"service.publish", Effect::changes, by_system | by_registrar | by_publisher, Second::approval,
                "org name main files:object# endpoints:list? wsdl_service? policy?@security "
                "policy_document?@security policy_name?@security journal?@security forward?@security "
                "validate:flag?@security draft:flag? accept_breaking:flag? reason? if_match?",
                service_publish, Subject::org},
        Command{"service.install", Effect::changes, by_system, Second::may,
                "name org as? journal?@security if_match?", service_install},
        Command{"service.list", Effect::reads, by_everybody, Second::never, "org?", service_list,
                Subject::org},
        Command{"service.show", Effect::reads, by_keepers | by_publisher | by_approver, Second::never,
                "service", service_show, Subject::service},
        Command{"service.policy", Effect::reads, by_keepers | by_publisher | by_approver, Second::never,
                "service", service_policy, Subject::service},
        Command{"service.policy.change", Effect::changes, by_security, Second::may,
                "service policy_document policy_name if_match?", service_policy_change},
        Command{"service.settings", Effect::changes, by_security, Second::may,
                "service journal? validate:flag? if_match?", service_settings},
        // The life of a service: the agency's side offers it, the security officer lets it in.
        Command{"service.submit", Effect::changes, by_system | by_registrar | by_publisher, Second::never,
                "service reason? if_match?", service_submit, Subject::service},
        Command{"service.approve", Effect::changes, by_security | by_approver, Second::may,
                "service reason? if_match?", service_approve, Subject::service},
        Command{"service.refuse", Effect::changes, by_security | by_approver, Second::never,
                "service reason if_match?", service_refuse, Subject::service},
        Command{"service.online", Effect::changes, by_system | by_registrar | by_publisher, Second::may,
                "service reason? if_match?", service_online, Subject::service},
        Command{"service.deprecate", Effect::changes, by_system | by_registrar | by_publisher, Second::may,
                "service end reason force:flag? if_match?", service_deprecate, Subject::service},
        Command{"service.offline", Effect::changes, by_system | by_registrar | by_publisher, Second::may,
                "service reason? force:flag? if_match?", service_offline, Subject::service},
        Command{"service.retire", Effect::changes, by_system | by_registrar | by_publisher, Second::may,
                "service reason? force:flag? if_match?", service_retire, Subject::service},
        Command{"service.history", Effect::reads, by_keepers | by_publisher | by_approver, Second::never,
                "service", service_history, Subject::service},
        Command{"service.drafts", Effect::reads, by_keepers | by_publisher | by_approver, Second::never,
                "org?", service_drafts, Subject::org},
        Command{"service.diff", Effect::reads, by_keepers | by_publisher | by_approver, Second::never,
                "service from:number? to:number? main? files:object?#", service_diff, Subject::service},
        Command{"consumer.warnings", Effect::reads, by_keepers | by_developer, Second::never, "consumer",
                consumer_warnings, Subject::consumer},
        Command{"grant", Effect::changes, by_security, Second::may, "consumer service operation?", grant,
                Subject::unnamed, grants},
        Command{"grant.request", Effect::changes, by_system | by_security | by_developer, Second::never,
                "consumer service operation? reason", grant_request, Subject::consumer},
        Command{"grant.list", Effect::reads, by_keepers | by_agencies, Second::never,
                "consumer? service? state?", grant_list, Subject::either},
        Command{"grant.accept", Effect::changes, by_security | by_approver, Second::may, "id reason",
                grant_accept, Subject::decider, grants},
        Command{"grant.refuse", Effect::changes, by_security | by_approver, Second::never, "id reason",
                grant_refuse, Subject::decider},
        Command{"grant.withdraw", Effect::changes, by_system | by_security | by_developer, Second::never,
                "id reason", grant_withdraw, Subject::asker},
        Command{"ungrant", Effect::changes, by_security, Second::may, "consumer service operation?", ungrant},
        Command{"meter", Effect::reads, by_keepers | by_agencies, Second::never,
                "consumer? service? since? by?", meter, Subject::either},
        Command{"catalogue.list", Effect::reads, by_everybody, Second::never,
                "theme? agency? region? after? limit:number?", catalogue_list, Subject::nobodys},
        Command{"catalogue.show", Effect::reads, by_everybody, Second::never, "id", catalogue_show,
                Subject::nobodys},
        Command{"catalogue.themes", Effect::reads, by_everybody, Second::never, "", catalogue_themes,
                Subject::nobodys},
        Command{"catalogue.agencies", Effect::reads, by_everybody, Second::never, "", catalogue_agencies,
                Subject::nobodys},
        Command{"catalogue.regions", Effect::reads, by_everybody, Second::never, "", catalogue_regions,
                Subject::nobodys},
        Command{"catalogue.set", Effect::changes, by_system | by_registrar | by_publisher, Second::never,
                "id title? abstract? provider? contact? theme? theme_name? region? identifier? "
                "keywords:list? published? begins? ends? online? maintainer? if_match?",
                catalogue_set, Subject::entry},
        Command{"search", Effect::reads, by_everybody, Second::never, "q limit:number?", search,
                Subject::nobodys},
        Command{"cert.issue", Effect::changes, by_security, Second::may,
                "csr consumer? profile? name? names:list? ca?", cert_issue, Subject::unnamed, certificates},
        Command{"cert.list", Effect::reads, by_officers, Second::never, "", cert_list},
        Command{"cert.show", Effect::reads, by_officers, Second::never, "serial", cert_show},
        Command{"cert.revoke", Effect::changes, by_security, Second::may, "serial reason", cert_revoke},
        Command{"cert.renew", Effect::changes, by_security, Second::may, "serial csr overlap_days? ca?",
                cert_renew, Subject::unnamed, certificates},
        Command{"cert.request", Effect::changes, by_system | by_security, Second::never,
                "csr consumer? profile? name? names:list? renews? overlap_days?", cert_request},
        Command{"cert.requests", Effect::reads, by_officers, Second::never, "", cert_requests},
        Command{"cert.approve", Effect::changes, by_security, Second::may, "id ca?", cert_approve,
                Subject::unnamed, certificates},
        Command{"cert.refuse", Effect::changes, by_security, Second::never, "id reason", cert_refuse},
        Command{"cert.history", Effect::reads, by_officers, Second::never, "about?", cert_history},
        Command{"ca.list", Effect::reads, by_officers, Second::never, "", ca_list},
        Command{"ca.add", Effect::changes, by_security, Second::may, "name kind? uri?", ca_add,
                Subject::unnamed, certificates},
        Command{"ca.sign", Effect::changes, by_security, Second::may, "csr", ca_sign, Subject::unnamed,
                certificates},
        Command{"ca.complete", Effect::changes, by_security, Second::may, "name certificate", ca_complete},
        Command{"ca.retire", Effect::changes, by_security, Second::may, "name", ca_retire},
        Command{"ca.revoke", Effect::changes, by_security, Second::may, "name reason", ca_revoke},
        Command{"ca.crl", Effect::changes, by_security, Second::may, "crl#", ca_crl},
        Command{"trust.add", Effect::changes, by_security, Second::may,
                "certificate crl? ocsp? grace_hours? no_revocation:flag? reason?", trust_add},
        Command{"trust.list", Effect::reads, by_officers, Second::never, "", trust_list},
        Command{"trust.remove", Effect::changes, by_security, Second::may, "thumbprint", trust_remove},
        Command{"security-key.make", Effect::changes, by_security, Second::may, "name org kind purpose uri?",
                security_key_make, Subject::unnamed, certificates},
        Command{"security-key.list", Effect::reads, by_officers, Second::never, "", security_key_list},
        Command{"security-key.grant", Effect::changes, by_security, Second::may, "name org",
                security_key_grant},
        Command{"security-key.revoke", Effect::changes, by_security, Second::may, "name org",
                security_key_revoke},
        // Whoever comes in gets certificates for a gateway's keys.
        Command{"node.invite", Effect::changes, by_security, Second::may, "", node_invite, Subject::unnamed,
                certificates},
        Command{"journal.seal", Effect::changes, by_officers, Second::never, "", journal_seal},
        Command{"journal.heads", Effect::reads, by_officers, Second::never, "", journal_heads},
        Command{"node.list", Effect::reads, by_officers, Second::never, "", node_list},
        // One's own account and session.
        Command{"me", Effect::reads, by_everybody, Second::never, "", me, Subject::nobodys},
        Command{"me.sign-in", Effect::changes, by_everybody, Second::never, "", me_sign_in, Subject::nobodys},
        Command{"me.sign-out", Effect::changes, by_everybody, Second::never, "", me_sign_out,
                Subject::nobodys},
        Command{"me.password", Effect::changes, by_everybody, Second::never, "current! password!",
                me_password, Subject::nobodys},
        Command{"me.totp", Effect::changes, by_everybody, Second::never, "current!", me_totp,
                Subject::nobodys},
        Command{"me.totp.confirm", Effect::changes, by_everybody, Second::never, "code!", me_totp_confirm,
                Subject::nobodys},
        Command{"me.certificate", Effect::changes, by_everybody, Second::never,
                "current! certificate? proof?", me_certificate, Subject::nobodys},
        // Officers, and what the machine's owner keeps.
        Command{"officers.list", Effect::reads, by_officers, Second::never, "", officers_list},
        Command{"officers.add", Effect::changes, by_system | by_security, Second::always, "name role",
                officers_add},
        Command{"officers.disable", Effect::changes, by_system | by_security, Second::never, "name",
                officers_disable},
        Command{"officers.enable", Effect::changes, by_system | by_security, Second::always, "name",
                officers_enable},
        Command{"officers.unlock", Effect::changes, by_system | by_security, Second::never, "name",
                officers_unlock},
        Command{"officers.reset", Effect::changes, by_system | by_security, Second::always, "name",
                officers_reset},
        Command{"officers.separate", Effect::changes, by_owner, Second::never, "", officers_separate},
        Command{"officers.recover", Effect::changes, by_owner, Second::never, "name", officers_recover},
        Command{"officers.recovery.finish", Effect::changes, by_owner, Second::never, "",
                officers_recovery_finish},
        Command{"officers.recovery.stop", Effect::changes, by_officers, Second::never, "",
                officers_recovery_stop},
        // The accounts of agencies. Whoever could make two of them alone could offer and approve alone.
        Command{"account.list", Effect::reads, by_keepers, Second::never, "org?", account_list},
        Command{"account.add", Effect::changes, by_system | by_security | by_registrar, Second::always,
                "name role org", account_add},
        Command{"account.disable", Effect::changes, by_system | by_security | by_registrar, Second::never,
                "name", account_disable},
        Command{"account.enable", Effect::changes, by_system | by_security | by_registrar, Second::always,
                "name", account_enable},
        Command{"account.unlock", Effect::changes, by_system | by_security | by_registrar, Second::never,
                "name", account_unlock},
        Command{"account.reset", Effect::changes, by_system | by_security | by_registrar, Second::always,
                "name", account_reset},
        // Two persons.
        Command{"two-persons.list", Effect::reads, by_officers, Second::never, "", two_persons_list},
        Command{"two-persons.on", Effect::changes, by_security, Second::never, "command", two_persons_on},
        Command{"two-persons.off", Effect::changes, by_security, Second::always, "command", two_persons_off},
        Command{"proposals.list", Effect::reads, by_keepers | by_publisher | by_approver, Second::never,
                "org?", proposals_list, Subject::org},
        Command{"proposals.show", Effect::reads, by_keepers | by_publisher | by_approver, Second::never, "id",
                proposals_show, Subject::proposal},
        Command{"proposals.approve", Effect::changes, by_officers | by_approver, Second::never, "id",
                proposals_approve, Subject::proposal},
        Command{"proposals.refuse", Effect::changes, by_officers | by_approver, Second::never, "id",
                proposals_refuse, Subject::proposal},
        Command{"proposals.withdraw", Effect::changes, by_keepers | by_publisher | by_approver, Second::never,
                "id", proposals_withdraw, Subject::proposal},
        // The audit log.
        Command{"audit.list", Effect::reads, by_auditor, Second::never,
                "since? officer? command? outcome? limit:number?", audit_list},
        Command{"audit.accounts", Effect::reads, by_auditor, Second::never, "", audit_accounts},
        Command{"config.history", Effect::reads, by_auditor, Second::never, "limit:number?", config_history},
        Command{"commands.list", Effect::reads, by_anyone, Second::never, "", commands_list},
    };
    static_assert(std::ranges::all_of(table, names_its_subject), "a row of agencies without its Subject");
    return table;
}

const Command* find_command(std::string_view name) {
    for (const Command& command : command_table())
        if (command.name == name) return &command;
    return nullptr;
}

std::vector<std::string> chosen_with(const Command& command) {
    if (command.set.empty()) return {std::string(command.name)};
    std::vector<std::string> names;
    for (const Command& other : command_table())
        if (other.set == command.set) names.emplace_back(other.name);
    return names;
}

}  // namespace hutong::admin
