#include "gateway/stages/transform.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "security/outbound/outgoing_reader.hpp"

namespace hutong::gateway {

namespace {

constexpr std::uint64_t slice = 64u << 10;
constexpr std::uint64_t sign_on_data_thread = 64u << 10;
constexpr std::string_view fault_action = "http://www.w3.org/2005/08/addressing/fault";

// Its own exclusive canonical form, to be signed as it stands.
security::SignedBlock header_block(std::string_view local, std::string_view value) {
    const std::string name(local);
    std::string id = name + "-" + new_uuid();
    std::string text = "<wsa:" + name + " xmlns:wsa=\"" + std::string(soap::ns_wsa) + "\" xmlns:wsu=\"" +
                       std::string(soap::ns_wsu) + "\" wsu:Id=\"" + id + "\">" +
                       security::canonical_value(value) + "</wsa:" + name + ">";
    return {std::move(id), std::move(text)};
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// What is signed of the Body, digested while the envelope goes by.
Result<security::SignedBody> digest_body(const SoapMessage& message, const config::Config& config,
                                         const security::DigestAlgorithm& method) {
    security::OutgoingReader reader(config.xml.limits, &method);
    std::string buffer;
    for (std::uint64_t at = 0; at < message.envelope_size();) {
        HUTONG_ASSIGN(const std::string_view bytes, message.envelope(at, slice, buffer));
        HUTONG_TRY(reader.feed(bytes));
        at += bytes.size();
    }
    HUTONG_TRY(reader.finish());
    return reader.body();
}

// How an SM2 signature is written for the backend.
Result<security::ReceiverForm> backend_form(const Exchange& exchange, security::KeyKind kind) {
    const registry::ServicePolicy& policy = exchange.route->service.security;
    if (policy.backend_key != security::KeyKind::sm2) return security::ReceiverForm();
    if (kind != security::KeyKind::sm2)
        return unavailable("backend_key wants an SM2 key, which this node does not have");
    if (policy.backend_domain.empty()) return security::ReceiverForm();
    const auto& domains = exchange.settings->config.trust_domains;
    const auto found = domains.find(policy.backend_domain);
    if (found != domains.end()) return security::form_for(found->second);
    return unavailable("backend_domain \"" + policy.backend_domain +
                       "\" is not among this node's trust_domains");
}

// The gateway's own Security header, over Body, Timestamp and who is calling. Headers that would compete with
// it are added to `cut`.
Result<void> sign_for_backend(Exchange& exchange, std::vector<soap::Range>& cut) {
    SoapMessage& message = exchange.message;
    const config::Config& config = exchange.settings->config;
    const std::string id = "Identity-" + new_uuid();
    const security::CallerIdentity identity = exchange.identity();
    security::SignOptions options{config.security.freshness, identity.time, {}};
    options.blocks.push_back({id, security::identity_block(identity, id)});
    const security::SigningKey& key =
        exchange.settings->keys.of(exchange.route->service.security.backend_key);
    HUTONG_ASSIGN(options.form, backend_form(exchange, key.kind()));
    HUTONG_ASSIGN(const security::SignedBody body,
                  digest_body(message, config, security::reference_digest(key.kind())));
    HUTONG_ASSIGN(const security::Signing signing, security::sign_body(body, message.layout, key, options));
    HUTONG_TRY(message.add_header_blocks(signing.header + options.blocks.front().text));
    if (body.identify) message.edit(*body.identify);
    for (const soap::Range& range : signing.replaces) {
        const bool known = std::any_of(cut.begin(), cut.end(),
                                       [&](const soap::Range& other) { return other.begin == range.begin; });
        if (!known) cut.push_back(range);
    }
    return {};
}

}  // namespace

Awaitable<std::optional<Refusal>> TransformStage::request(Exchange& exchange) {
    SoapMessage& message = exchange.message;
    const registry::Forward form = exchange.route->service.forward;
    std::vector<soap::Range> cut;
    if (exchange.claims && form != registry::Forward::unchanged) cut = exchange.claims->security_headers;
    for (const soap::HeaderBlock& block : message.layout.blocks)
        if (block.name.ns == soap::ns_hutong) cut.push_back(block.range);
    if (form == registry::Forward::re_signed) {
        // No conditional expression: g++ 12 destroys its result twice when one side is a co_await.
        Result<void> done;
        const Settings& settings = *exchange.settings;
        const bool may_wait = settings.key_work != nullptr &&
                              settings.keys.of(exchange.route->service.security.backend_key).may_block();
        if (may_wait) {
            auto work = [&] { return sign_for_backend(exchange, cut); };
            auto ran = co_await settings.key_work->run(std::move(work));
            done = ran ? std::move(*ran) : Result<void>(unavailable("too many calls wait for the token"));
        } else if (message.envelope_size() <= sign_on_data_thread)
            done = sign_for_backend(exchange, cut);
        else
            done = co_await run_on(heavy_, [&] { return sign_for_backend(exchange, cut); });
        if (done.has_error())
            co_return refuse::receiver("The call could not be signed for the service's own system.",
                                       done.error().detail);
    }
    for (const soap::Range& range : cut) message.cut(range);
    co_return std::nullopt;
}

Awaitable<std::optional<Refusal>> TransformStage::response(Exchange& exchange) {
    const soap::HeaderBlock* asked = exchange.message.layout.block(soap::ns_wsa, "MessageID");
    SoapMessage& reply = exchange.reply.message;
    if (asked == nullptr || !reply.has_envelope) co_return std::nullopt;
    // A backend that speaks WS-Addressing has answered for itself.
    if (reply.layout.block(soap::ns_wsa, "RelatesTo") != nullptr) co_return std::nullopt;
    std::string blocks;
    const auto add = [&](std::string_view local, std::string_view value) {
        security::SignedBlock block = header_block(local, value);
        blocks += block.text;
        if (exchange.route &&
            exchange.route->response_policy().signs_header({std::string(soap::ns_wsa), std::string(local)}))
            exchange.reply.added.push_back(std::move(block));
    };
    if (reply.layout.block(soap::ns_wsa, "Action") == nullptr && exchange.reply.fault)
        add("Action", fault_action);
    if (reply.layout.block(soap::ns_wsa, "MessageID") == nullptr) add("MessageID", "urn:uuid:" + new_uuid());
    add("RelatesTo", trimmed(asked->text));
    if (const auto added = reply.add_header_blocks(blocks); added.has_error())
        co_return refuse::receiver("The answer could not be completed.", added.error().detail);
    co_return std::nullopt;
}

}  // namespace hutong::gateway
