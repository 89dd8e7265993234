#include "gateway/stages/transform.hpp"

#include "base/ids.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/read_message.hpp"
#include "security/outbound/message_signer.hpp"

namespace hutong::gateway {

namespace {

constexpr std::string_view fault_action = "http://www.w3.org/2005/08/addressing/fault";

std::string header_block(std::string_view local, std::string_view value) {
    return "<wsa:" + std::string(local) + " xmlns:wsa=\"" + std::string(soap::ns_wsa) + "\">" +
           xml::escape(value) + "</wsa:" + std::string(local) + ">";
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

}  // namespace

namespace {

// The gateway's own Security header, over Body, Timestamp and who is calling.
Result<void> sign_for_backend(Exchange& exchange) {
    SoapMessage& message = exchange.message;
    const config::Config& config = exchange.settings->config;
    HUTONG_ASSIGN(const soap::Layout layout, soap::scan(message.root, config.xml.limits));
    const std::string id = "Identity-" + new_uuid();
    const security::CallerIdentity identity = exchange.identity();
    security::SignOptions options{config.security.freshness, identity.time, {}};
    options.blocks.push_back({id, security::identity_block(identity, id)});
    const security::SigningKey& key =
        exchange.settings->keys.of(exchange.route->service.security.backend_key);
    HUTONG_ASSIGN(message.root, security::sign_message(message.root, layout, key, options));
    message.root_changed = true;
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
    if (!cut.empty()) {
        message.root = soap::without(message.root, std::move(cut));
        message.root_changed = true;
    }
    if (form != registry::Forward::re_signed) co_return std::nullopt;
    if (const auto done = sign_for_backend(exchange); done.has_error())
        co_return refuse::receiver("The call could not be signed for the service's own system.",
                                   done.error().detail);
    co_return std::nullopt;
}

Awaitable<std::optional<Refusal>> TransformStage::response(Exchange& exchange) {
    const soap::HeaderBlock* asked = exchange.message.layout.block(soap::ns_wsa, "MessageID");
    SoapMessage& reply = exchange.reply.message;
    if (asked == nullptr || exchange.reply.plain_text || !reply.has_root) co_return std::nullopt;
    const config::Config& config = exchange.settings->config;
    auto layout = soap::scan(reply.root, config.xml.limits);
    if (layout.has_error()) co_return std::nullopt;
    // A backend that speaks WS-Addressing has answered for itself.
    if (layout->block(soap::ns_wsa, "RelatesTo") != nullptr) co_return std::nullopt;
    std::string blocks;
    if (layout->block(soap::ns_wsa, "Action") == nullptr && exchange.reply.fault)
        blocks += header_block("Action", fault_action);
    if (layout->block(soap::ns_wsa, "MessageID") == nullptr)
        blocks += header_block("MessageID", "urn:uuid:" + new_uuid());
    blocks += header_block("RelatesTo", trimmed(asked->text));
    reply.root = soap::with_header_block(reply.root, *layout, blocks);
    reply.root_changed = true;
    layout = soap::scan(reply.root, config.xml.limits);
    if (layout.has_error())
        co_return refuse::receiver("The answer could not be completed.", layout.error().detail);
    reply.layout = std::move(*layout);
    co_return std::nullopt;
}

}  // namespace hutong::gateway
