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
        Command{"status", Effect::reads, node_status},
        Command{"org.add", Effect::changes, org_add},
        Command{"org.list", Effect::reads, org_list},
        Command{"consumer.add", Effect::changes, consumer_add},
        Command{"consumer.list", Effect::reads, consumer_list},
        Command{"consumer.password", Effect::changes, consumer_password},
        Command{"consumer.saml", Effect::changes, consumer_saml},
        Command{"consumer.vouches", Effect::changes, consumer_vouches},
        Command{"service.publish", Effect::changes, service_publish},
        Command{"service.list", Effect::reads, service_list},
        Command{"service.show", Effect::reads, service_show},
        Command{"service.policy", Effect::reads, service_policy},
        Command{"service.policy.change", Effect::changes, service_policy_change},
        Command{"service.retire", Effect::changes, service_retire},
        Command{"grant", Effect::changes, grant},
        Command{"ungrant", Effect::changes, ungrant},
        Command{"cert.issue", Effect::changes, cert_issue},
        Command{"cert.list", Effect::reads, cert_list},
        Command{"cert.revoke", Effect::changes, cert_revoke},
        Command{"cert.renew", Effect::changes, cert_renew},
        Command{"cert.request", Effect::changes, cert_request},
        Command{"cert.requests", Effect::reads, cert_requests},
        Command{"cert.approve", Effect::changes, cert_approve},
        Command{"cert.refuse", Effect::changes, cert_refuse},
        Command{"cert.history", Effect::reads, cert_history},
        Command{"ca.list", Effect::reads, ca_list},
        Command{"ca.add", Effect::changes, ca_add},
        Command{"ca.complete", Effect::changes, ca_complete},
        Command{"ca.retire", Effect::changes, ca_retire},
        Command{"trust.add", Effect::changes, trust_add},
        Command{"trust.list", Effect::reads, trust_list},
        Command{"trust.remove", Effect::changes, trust_remove},
        Command{"node.invite", Effect::changes, node_invite},
        Command{"node.list", Effect::reads, node_list},
    };
    return table;
}

namespace {

// A contract's files would fill the journal; their digest says which they were. A password is nobody's to
// read later, not even as a digest, which could be guessed at.
std::string arguments_for_the_record(const json::object& arguments) {
    json::object kept = arguments;
    if (const json::value* files = kept.if_contains("files"))
        kept["files"] = "sha256:" + to_hex(sha256(json::serialize(*files)));
    if (kept.contains("password")) kept["password"] = "(not recorded)";
    return json::serialize(kept);
}

}  // namespace

Answer Commands::handle(Request request, Peer peer) {
    const auto table = command_table();
    const auto command = std::find_if(table.begin(), table.end(), [&](const Command& candidate) {
        return candidate.name == request.command;
    });
    if (command == table.end())
        co_return not_found("the daemon knows no command \"" + request.command +
                            "\": the program and the daemon may be of different versions");
    Result<json::value> answer = json::value();
    try {
        if (command->effect == Effect::changes) {
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
    record.content = arguments_for_the_record(request.arguments);
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
