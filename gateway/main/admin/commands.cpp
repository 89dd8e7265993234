#include "gateway/main/admin/commands.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <boost/json/serialize.hpp>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/stages/journal_calls.hpp"

namespace hutong::admin {

std::span<const Command> command_table() {
    static constexpr std::array table{
        Command{"status", Effect::reads, by_anyone, Second::never, "", node_status},
        Command{"org.add", Effect::changes, by_system, Second::never, "id name", org_add},
        Command{"org.list", Effect::reads, by_officers, Second::never, "", org_list},
        Command{"consumer.add", Effect::changes, by_system | by_security, Second::never,
                "id org answer_key? certificate?@security encryption_certificate?@security", consumer_add},
        Command{"consumer.list", Effect::reads, by_officers, Second::never, "", consumer_list},
        Command{"consumer.password", Effect::changes, by_security, Second::never, "consumer password?!",
                consumer_password},
        Command{"consumer.saml", Effect::changes, by_security, Second::may, "consumer issuer name_id remove?",
                consumer_saml},
        Command{"consumer.vouches", Effect::changes, by_security, Second::may, "consumer no?",
                consumer_vouches},
        Command{"service.publish", Effect::changes, by_system, Second::may,
                "org name main files:object# endpoints:list? wsdl_service? policy?@security "
                "policy_document?@security policy_name?@security journal?@security forward?@security "
                "validate:flag?@security",
                service_publish},
        Command{"service.install", Effect::changes, by_system, Second::may, "name org as? journal?@security",
                service_install},
        Command{"service.list", Effect::reads, by_officers, Second::never, "", service_list},
        Command{"service.show", Effect::reads, by_officers, Second::never, "service", service_show},
        Command{"service.policy", Effect::reads, by_officers, Second::never, "service", service_policy},
        Command{"service.policy.change", Effect::changes, by_security, Second::may,
                "service policy_document policy_name", service_policy_change},
        Command{"service.retire", Effect::changes, by_system, Second::may, "service", service_retire},
        Command{"grant", Effect::changes, by_security, Second::may, "consumer service operation?", grant},
        Command{"ungrant", Effect::changes, by_security, Second::may, "consumer service operation?", ungrant},
        Command{"cert.issue", Effect::changes, by_security, Second::may,
                "csr consumer? profile? name? names:list? ca?", cert_issue},
        Command{"cert.list", Effect::reads, by_officers, Second::never, "", cert_list},
        Command{"cert.revoke", Effect::changes, by_security, Second::may, "serial reason", cert_revoke},
        Command{"cert.renew", Effect::changes, by_security, Second::may, "serial csr overlap_days? ca?",
                cert_renew},
        Command{"cert.request", Effect::changes, by_system | by_security, Second::never,
                "csr consumer? profile? name? names:list? renews? overlap_days?", cert_request},
        Command{"cert.requests", Effect::reads, by_officers, Second::never, "", cert_requests},
        Command{"cert.approve", Effect::changes, by_security, Second::may, "id ca?", cert_approve},
        Command{"cert.refuse", Effect::changes, by_security, Second::never, "id reason", cert_refuse},
        Command{"cert.history", Effect::reads, by_officers, Second::never, "about?", cert_history},
        Command{"ca.list", Effect::reads, by_officers, Second::never, "", ca_list},
        Command{"ca.add", Effect::changes, by_security, Second::may, "name kind?", ca_add},
        Command{"ca.complete", Effect::changes, by_security, Second::may, "name certificate", ca_complete},
        Command{"ca.retire", Effect::changes, by_security, Second::may, "name", ca_retire},
        Command{"trust.add", Effect::changes, by_security, Second::may, "certificate crl? ocsp? grace_hours?",
                trust_add},
        Command{"trust.list", Effect::reads, by_officers, Second::never, "", trust_list},
        Command{"trust.remove", Effect::changes, by_security, Second::may, "thumbprint", trust_remove},
        Command{"security-key.make", Effect::changes, by_security, Second::may, "name org kind purpose",
                security_key_make},
        Command{"security-key.list", Effect::reads, by_officers, Second::never, "", security_key_list},
        Command{"security-key.grant", Effect::changes, by_security, Second::may, "name org",
                security_key_grant},
        Command{"security-key.revoke", Effect::changes, by_security, Second::may, "name org",
                security_key_revoke},
        Command{"node.invite", Effect::changes, by_system, Second::may, "", node_invite},
        Command{"journal.seal", Effect::changes, by_officers, Second::never, "", journal_seal},
        Command{"journal.heads", Effect::reads, by_officers, Second::never, "", journal_heads},
        Command{"node.list", Effect::reads, by_officers, Second::never, "", node_list},
    };
    return table;
}

Answer Commands::handle(Request request, Peer peer) {
    const auto table = command_table();
    const auto command = std::find_if(table.begin(), table.end(), [&](const Command& candidate) {
        return candidate.name == request.command;
    });
    if (command == table.end())
        co_return not_found("the daemon knows no command \"" + request.command +
                            "\": the program and the daemon may be of different versions");
    const Result<void> understood = check_arguments(parameters_of(command->takes), request.arguments);
    Result<json::value> answer = json::value();
    try {
        if (!understood) {
            answer = understood.error().at(request.command);
        } else if (command->effect == Effect::changes) {
            answer = co_await change(*command, request, peer);
        } else {
            const Arguments arguments(request.arguments);
            answer = co_await command->run(services_, arguments);
        }
    } catch (const std::exception& thrown) {
        answer = internal(request.command + " failed unexpectedly: " + thrown.what());
    }
    if (!answer)
        log(MessageId::HT1008,
            {{"command", request.command}, {"who", peer.text()}, {"reason", answer.error().detail}});
    else if (command->effect == Effect::changes)
        log(MessageId::HT1007, {{"command", request.command}, {"who", peer.text()}});
    co_return answer;
}

// Journal, do, make it hold here, say how it went: in this order, so that no change is without its record.
Answer Commands::change(const Command& command, const Request& request, const Peer& peer) {
    security::Record record;
    record.kind = security::RecordKind::admin;
    record.exchange = new_incident_id();
    record.time = system_clock().now();
    record.operation = request.command;
    record.remote = peer.text();
    record.outcome = "begun";
    record.content = json::serialize(for_the_record(parameters_of(command.takes), request.arguments));
    record.message_bytes = record.content.size();
    record.message_digest = sha256(record.content);
    security::Record outcome = record;
    const Result<security::Position> begun =
        co_await gateway::append_durably(services_.journal, std::move(record));
    if (!begun) co_return begun.error().at("nothing was changed, since the journal cannot be written");

    const Arguments arguments(request.arguments);
    Services services = services_;
    services.actor = peer.text();
    Result<json::value> answer = co_await command.run(services, arguments);
    outcome.time = system_clock().now();
    outcome.outcome = answer ? "ok" : std::string(to_string(answer.error().code));
    if (!answer) outcome.reason = answer.error().detail;
    const Result<security::Position> ended =
        co_await gateway::append_durably(services_.journal, std::move(outcome));
    if (!answer) co_return answer;
    if (!ended) co_return ended.error().at("the change was made, but its outcome could not be journaled");
    Result<void> in_force = co_await services_.keeper.refresh();
    if (in_force) in_force = services_.routed();
    if (!in_force) co_return in_force.error().at("the change was made, but is not in force on this node yet");
    co_return answer;
}

}  // namespace hutong::admin
