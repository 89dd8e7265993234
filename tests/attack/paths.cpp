#include "tests/attack/paths.hpp"

#include <filesystem>

#include "gateway/pipeline/pipeline.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/authenticate.hpp"
#include "gateway/stages/message_reading.hpp"
#include "gateway/stages/token_callers.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::attack {

namespace {

using gateway::Exchange;
using gateway::Refusal;
using security::Reading;
using security::Rejection;

constexpr std::size_t piece_bytes = 1000;  // as it would come from the network

class NoRequest final : public http::Request {
  public:
    explicit NoRequest(const Receiver& receiver) {
        remote = "192.0.2.1:1";
        tls = receiver.tls;
    }
    Awaitable<Result<bool>> read_some(http::BodySink&) override { co_return false; }
};

// Believes whoever signed: what it then says of the caller must not outlive a message that is refused.
class BelievesAll final : public gateway::Stage {
  public:
    std::string_view name() const override { return "believes all"; }
    std::optional<Refusal> at_header(Exchange& exchange) override {
        exchange.consumer = std::make_shared<const registry::Consumer>();
        return std::nullopt;
    }
};

template <class Stage>
const gateway::Pipeline& pipeline_of() {
    static const gateway::Pipeline pipeline([] {
        std::vector<std::unique_ptr<gateway::Stage>> stages;
        stages.push_back(std::make_unique<Stage>());
        return stages;
    }());
    return pipeline;
}

// One call, up to where its message is read.
struct Call {
    explicit Call(const Receiver& receiver)
        : request(receiver), exchange{request,           "incident",     receiver.now,
                                      receiver.settings, receiver.table, "a/b"} {
        exchange.pipeline = receiver.table->trust != nullptr ? &pipeline_of<gateway::AuthenticateStage>()
                                                             : &pipeline_of<BelievesAll>();
        auto contract = std::make_shared<gateway::CompiledContract>();
        contract->description.qname_values = receiver.values;
        auto route = std::make_shared<gateway::ServiceRoute>();
        route->contract = std::move(contract);
        exchange.route = std::move(route);
        exchange.message.body =
            http::Payload(receiver.settings->config.http.buffer_bytes, receiver.settings->spool);
    }
    NoRequest request;
    Exchange exchange;
};

// The refusal that callers see says less than the verdict it was made of.
Rejection rejection_of(const Refusal& refusal) {
    const std::string& fault = refusal.code.detail_code.local;
    const std::string reason = refusal.public_reason + " " + refusal.cause;
    if (fault == "MessageExpired") return {Rejection::Kind::expired, reason};
    if (fault == "InvalidSecurity")
        return {refusal.cause.empty() ? Rejection::Kind::no_security_header : Rejection::Kind::not_encrypted,
                reason};
    return {Rejection::Kind::not_verified, reason};
}

// By the namespace of its Envelope, as an honest sender's media type would be.
soap::Version version_of(std::string_view text) {
    const std::string_view root = text.substr(0, text.find('>', text.find("Envelope")));
    return root.find(soap::ns12) == std::string_view::npos ? soap::Version::v11 : soap::Version::v12;
}

// A message of several parts brings its media type along.
struct Entity {
    explicit Entity(std::string_view text) : body(text) {
        const std::string_view name = "Content-Type: ";
        if (!text.starts_with(name)) {
            type = version_of(text) == soap::Version::v11 ? "text/xml" : "application/soap+xml";
            return;
        }
        const std::size_t end = text.find("\r\n\r\n");
        type = text.substr(name.size(), end - name.size());
        body = text.substr(end + 4);
        alone = false;
    }
    std::string type;
    std::string_view body;
    bool alone{true};
};

std::optional<Refusal> read_all(std::string_view text, gateway::Reception& reception,
                                gateway::MessageReading& reading) {
    for (; !text.empty(); text.remove_prefix(std::min(text.size(), piece_bytes))) {
        reception.take(text.substr(0, piece_bytes)).value();
        if (text.size() <= piece_bytes) reception.finish();
        if (!reading.due()) continue;
        if (auto refusal = reading.advance()) return refusal;
    }
    return std::nullopt;
}

std::optional<Refusal> read_as_tree(std::string_view text, gateway::Reception& reception,
                                    gateway::MessageReading& reading) {
    reception.take(text).value();
    reception.finish();
    if (reception.finding().has_error()) return gateway::refuse::sender(reception.finding().error().detail);
    if (const auto found = reception.text(); found.has_error())
        return gateway::refuse::sender(found.error().detail);
    return reading.read_as_tree();
}

Judgement by_gateway(const Entity& entity, const Receiver& receiver, bool as_tree) {
    Call call(receiver);
    Exchange& exchange = call.exchange;
    exchange.version = version_of(entity.body);
    exchange.message.content_type = entity.type;
    Judgement result;
    result.decided_by = as_tree ? "tree" : "streaming";
    auto reception = gateway::Reception::make(exchange.message, receiver.settings->config);
    if (reception.has_error()) {
        result.rejection.reason = reception.error().detail;
        return result;
    }
    gateway::MessageReading reading(exchange, receiver.policy, *reception);
    auto refusal =
        as_tree ? read_as_tree(entity.body, *reception, reading) : read_all(entity.body, *reception, reading);
    if (!refusal && reading.wants_tree()) {
        result.decided_by = "tree";
        refusal = reading.read_as_tree();
    }
    result.accepted = !refusal;
    result.caller_known = exchange.consumer != nullptr;
    result.trust = exchange.trust;
    if (refusal) {
        result.rejection = rejection_of(*refusal);
        result.fault = refusal->code.detail_code.local;
        return result;
    }
    if (exchange.claims) result.claims = std::move(*exchange.claims);
    result.layout = exchange.message.layout;
    result.text = exchange.message.text({0, exchange.message.envelope_size()}).value();
    return result;
}

Judgement by_gateway(std::string_view text, const Receiver& receiver) {
    return by_gateway(Entity(text), receiver, false);
}

// Asks the stages at the header, as MessageReading does.
struct AskStages final : security::ReadingEvents {
    explicit AskStages(Exchange& asked) : exchange(asked) {}
    bool at_header(const soap::Layout&, const security::Claims* claims) override {
        if (claims != nullptr) exchange.claims = *claims;
        refusal = exchange.pipeline->at_header(exchange);
        return !refusal;
    }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
    Exchange& exchange;
    std::optional<Refusal> refusal;
};

Judgement by_tree(std::string_view text, const Receiver& receiver) {
    // The parts beside an envelope are the gateway's to give.
    if (const Entity entity(text); !entity.alone) return by_gateway(entity, receiver, true);
    Judgement result;
    result.decided_by = "tree";
    const auto refused = [&](const Error& error) {
        result.rejection.reason = error.detail;
        return result;
    };
    auto utf8 = xml::to_utf8(text);
    if (utf8.has_error()) return refused(utf8.error());
    Call call(receiver);
    const config::Config& config = receiver.settings->config;
    AskStages events(call.exchange);
    const auto reader = security::make_tree_reader(
        config.security, config.xml.limits,
        {&receiver.policy, receiver.now, &events, nullptr, gateway::tokens_of(call.exchange),
         receiver.settings->keys.decryption, &receiver.values});
    if (const auto fed = reader->feed(*utf8); fed.has_error()) return refused(fed.error());
    if (const auto finished = reader->finish(); finished.has_error()) return refused(finished.error());
    result.trust = call.exchange.trust;
    if (events.refusal) {
        result.rejection = rejection_of(*events.refusal);
        result.fault = events.refusal->code.detail_code.local;
        return result;
    }
    if (receiver.policy.asks_for_claims()) {
        auto verdict = reader->verdict();
        if (verdict.has_error()) {
            result.rejection = verdict.error();
            return result;
        }
        result.claims = std::move(*verdict);
    }
    result.accepted = true;
    result.caller_known = call.exchange.consumer != nullptr;
    result.layout = reader->layout();
    result.text = reader->take_replaced_text().value_or(std::move(*utf8));
    return result;
}

}  // namespace

Receiver::Receiver()
    : settings(std::make_shared<gateway::Settings>()),
      table(std::make_shared<gateway::RoutingTable>()),
      now(test::test_time()) {
    settings->spool = std::filesystem::temp_directory_path();
}

const std::vector<Path>& paths() {
    static const std::vector<Path> all{{"streaming", by_gateway}, {"tree", by_tree}};
    return all;
}

}  // namespace hutong::attack
