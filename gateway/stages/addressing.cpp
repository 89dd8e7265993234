#include "gateway/stages/addressing.hpp"

#include "gateway/http/client.hpp"

namespace hutong::gateway {

namespace {

constexpr std::string_view anonymous = "http://www.w3.org/2005/08/addressing/anonymous";

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

}  // namespace

Result<Addressing> read_addressing(const soap::Layout& layout) {
    Addressing result;
    for (const soap::HeaderBlock& block : layout.blocks) {
        if (block.name.ns != soap::ns_wsa) continue;
        std::optional<std::string>* const value = block.name.local == "Action" ? &result.action
                                                  : block.name.local == "To"   ? &result.to
                                                                               : nullptr;
        if (value == nullptr) continue;
        if (*value) return invalid("The message has more than one wsa:" + block.name.local + ".");
        *value = trimmed(block.text);
    }
    return result;
}

Result<std::string> one_action(const std::string& one, const std::string& other) {
    if (one.empty() || other.empty() || one == other) return one.empty() ? other : one;
    return invalid("The media types of the message name two actions, " + one.substr(0, 200) + " and " +
                   other.substr(0, 200) + ".");
}

bool means_service(const std::string& to, const std::string& address) {
    if (to == anonymous) return true;
    const auto ours = http::parse_url(address);
    if (ours.has_error()) return false;
    if (to == ours->target) return true;
    const auto named = http::parse_url(to);
    return named.has_value() && named->target == ours->target &&
           (named->host == ours->host || is_loopback(named->host));
}

}  // namespace hutong::gateway
