#include "gateway/stages/transform.hpp"

#include "base/ids.hpp"
#include "gateway/pipeline/refusals.hpp"

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

Awaitable<std::optional<Refusal>> TransformStage::request(Exchange& exchange) {
    SoapMessage& message = exchange.message;
    if (exchange.claims && exchange.route->service.forward == registry::Forward::stripped)
        for (const soap::Range& range : exchange.claims->security_headers) message.cut(range);
    for (const soap::HeaderBlock& block : message.layout.blocks)
        if (block.name.ns == soap::ns_hutong) message.cut(block.range);
    co_return std::nullopt;
}

Awaitable<std::optional<Refusal>> TransformStage::response(Exchange& exchange) {
    const soap::HeaderBlock* asked = exchange.message.layout.block(soap::ns_wsa, "MessageID");
    SoapMessage& reply = exchange.reply.message;
    if (asked == nullptr || !reply.has_envelope) co_return std::nullopt;
    // A backend that speaks WS-Addressing has answered for itself.
    if (reply.layout.block(soap::ns_wsa, "RelatesTo") != nullptr) co_return std::nullopt;
    std::string blocks;
    if (reply.layout.block(soap::ns_wsa, "Action") == nullptr && exchange.reply.fault)
        blocks += header_block("Action", fault_action);
    if (reply.layout.block(soap::ns_wsa, "MessageID") == nullptr)
        blocks += header_block("MessageID", "urn:uuid:" + new_uuid());
    blocks += header_block("RelatesTo", trimmed(asked->text));
    if (const auto added = reply.add_header_blocks(blocks); added.has_error())
        co_return refuse::receiver("The answer could not be completed.", added.error().detail);
    co_return std::nullopt;
}

}  // namespace hutong::gateway
