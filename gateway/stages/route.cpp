// SOAP 1.1 section 6.1 (SOAPAction), SOAP 1.2 part 2 section 7 and RFC 3902 (action), SwA and MTOM media
// types.
#include "gateway/stages/route.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/addressing.hpp"

namespace hutong::gateway {

namespace {

std::string unquoted(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return std::string(text);
}

// The SOAP version a media type stands for; for multipart it is that of the root part's type.
std::optional<soap::Version> version_of(const http::MediaType& type) {
    std::string_view media = type.type;
    if (media == "multipart/related") {
        media = type.parameter("type");
        if (media == "application/xop+xml") media = type.parameter("start-info");
        // start-info may itself carry parameters: application/soap+xml; action="…"
        media = media.substr(0, media.find(';'));
    }
    if (media == "text/xml") return soap::Version::v11;
    if (media == "application/soap+xml") return soap::Version::v12;
    return std::nullopt;
}

// SOAP 1.2 names the action in its media type, which multipart messages carry up to three times: a backend
// may go by any of them, so they have to agree. Error: invalid.
Result<std::string> action_of(const http::MediaType& type) {
    const std::string outer(type.parameter("action"));
    const std::string_view info = type.parameter("start-info");
    if (info.empty()) return outer;
    HUTONG_ASSIGN(const http::MediaType inner, http::parse_media_type(info));
    return one_action(outer, std::string(inner.parameter("action")));
}

constexpr const char* accepted =
    "Content-Type must be text/xml (SOAP 1.1), application/soap+xml (SOAP 1.2) or multipart/related with one "
    "of these.";

}  // namespace

Awaitable<std::optional<Refusal>> RouteStage::request(Exchange& exchange) {
    const http::Headers& headers = exchange.request.headers;
    const auto content_type = headers.find("Content-Type");
    if (!content_type) co_return refuse::not_soap(415, accepted);
    const auto type = http::parse_media_type(*content_type);
    if (type.has_error()) co_return refuse::not_soap(415, accepted);
    const auto version = version_of(*type);
    if (!version) co_return refuse::not_soap(415, accepted);
    exchange.version = *version;
    exchange.message.content_type = std::string(*content_type);

    if (*version == soap::Version::v11) {
        if (headers.count("SOAPAction") > 1) co_return refuse::sender("The SOAPAction header occurs twice.");
        if (const auto action = headers.find("SOAPAction")) exchange.http_action = unquoted(*action);
    } else {
        auto action = action_of(*type);
        if (action.has_error()) co_return refuse::sender(action.error().detail);
        exchange.http_action = unquoted(*action);
    }

    const auto found = exchange.table->services.find(exchange.path_service);
    if (found == exchange.table->services.end())
        co_return refuse::sender("There is no service " + exchange.path_service.substr(0, 130) +
                                 " here; see the registry for its name.");
    exchange.route = found->second;
    if (exchange.route->operations(*version).empty())
        co_return refuse::version_mismatch(*version == soap::Version::v11
                                               ? "This service speaks SOAP 1.2 only."
                                               : "This service speaks SOAP 1.1 only.");
    co_return std::nullopt;
}

}  // namespace hutong::gateway
