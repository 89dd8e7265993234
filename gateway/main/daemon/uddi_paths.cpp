#include "gateway/main/daemon/uddi_paths.hpp"

#include "base/place.hpp"
#include "gateway/calls/contract_pages.hpp"
#include "registry/soap/rest.hpp"

namespace hutong::daemon {

namespace {

namespace uddi = registry::uddi;

constexpr const char* plain = "text/plain; charset=utf-8";
constexpr unsigned most_under_way = 256;

class SoapBody final : public http::BodySink {
  public:
    Result<void> take(std::string_view bytes) override {
        if (text.size() + bytes.size() > uddi::Endpoint::most_request_bytes)
            return Error{ErrorCode::limit, "The request is longer than " +
                                               std::to_string(uddi::Endpoint::most_request_bytes) +
                                               " bytes."};
        text.append(bytes);
        return {};
    }
    std::string text;
};

http::Response response_of(uddi::SoapReply reply) {
    http::Response response =
        http::text_response(reply.status, std::move(reply.content_type), std::move(reply.text));
    if (!reply.etag.empty()) response.headers.add("ETag", std::move(reply.etag));
    if (!reply.replaced.empty()) response.headers.add("Hutong-Replaced", std::move(reply.replaced));
    return response;
}

bool is_from_this_machine(std::string_view remote) {
    return remote.starts_with("127.") || remote.starts_with("[::1]:");
}

}  // namespace

Awaitable<http::Response> UddiPaths::handle(http::Request& request) {
    std::string api = request.path.substr(folder.size());
    if (!uddi::Endpoint::is_api(api))
        co_return http::text_response(404, plain,
                                      "the UDDI APIs are at /uddi/inquiry, /uddi/publish, /uddi/security, "
                                      "/uddi/custody and /uddi/subscription\n");
    if (request.method == "POST") co_return co_await answer(request, std::move(api));
    if (request.method == "GET" && api == "inquiry" && uddi::is_rest_query(request.query))
        co_return co_await answer_query(request);
    if (request.method == "GET" || request.method == "HEAD")
        co_return co_await page(std::move(api), gateway::contract_query(request.query));
    http::Response refusal =
        http::text_response(405, plain, "send a UDDI request by POST, or ask for ?wsdl\n");
    refusal.headers.add("Allow", "GET, POST");
    co_return refusal;
}

Awaitable<http::Response> UddiPaths::page(std::string api, std::string query) {
    if (query.empty())
        co_return http::text_response(200, plain,
                                      "UDDI version 3, /uddi/" + api + ". Its contract is at ?wsdl.\n");
    auto work = [this, &api, &query] { return endpoint_.page(api, query); };
    const std::optional<std::string> text = co_await run_on(workers_, work);
    if (!text) co_return http::text_response(404, plain, "the contract has no such file; begin at ?wsdl\n");
    co_return http::text_response(200, "text/xml; charset=utf-8", *text);
}

Awaitable<http::Response> UddiPaths::answer_query(http::Request& request) {
    const Place place(under_way_);
    if (place.number > most_under_way) {
        http::Response busy =
            http::text_response(503, plain, "the registry is busy; try again in a moment\n");
        busy.headers.add("Retry-After", "1");
        co_return busy;
    }
    auto work =
        endpoint_.answer_query(request.query, std::string(request.headers.find("Accept").value_or("")));
    uddi::SoapReply reply =
        co_await asio::co_spawn(workers_.get_executor(), std::move(work), asio::use_awaitable);
    co_return response_of(std::move(reply));
}

Awaitable<http::Response> UddiPaths::answer(http::Request& request, std::string api) {
    const Place place(under_way_);
    if (place.number > most_under_way) {
        uddi::Fault busy(uddi::failure::busy, "The registry is busy; try again in a moment.");
        co_return response_of(uddi::Endpoint::refusal(busy));
    }
    const auto type = http::parse_media_type(request.headers.find("Content-Type").value_or(""));
    if (!type || (type->type != "text/xml" && type->type != "application/soap+xml"))
        co_return http::text_response(415, plain,
                                      "send SOAP 1.1 as text/xml or SOAP 1.2 as application/soap+xml\n");
    SoapBody body;
    for (bool more = true; more;) {
        const Result<bool> read = co_await request.read_some(body);
        if (read.has_error()) {
            const bool large = read.error().code == ErrorCode::limit;
            uddi::Fault fault(large ? uddi::failure::message_too_large : uddi::failure::fatal,
                              read.error().detail);
            http::Response refusal = response_of(uddi::Endpoint::refusal(fault));
            refusal.close = true;
            co_return refusal;
        }
        more = *read;
    }
    uddi::SoapRequest asked{std::move(api),
                            std::move(body.text),
                            std::string(type->parameter("charset")),
                            {},
                            request.tls || is_from_this_machine(request.remote),
                            std::string(request.headers.find("If-Match").value_or(""))};
    if (!request.client_certificates.empty())
        asked.certificate = to_hex(sha256(ByteView(request.client_certificates.front())));
    auto work = endpoint_.answer(std::move(asked));
    uddi::SoapReply reply =
        co_await asio::co_spawn(workers_.get_executor(), std::move(work), asio::use_awaitable);
    co_return response_of(std::move(reply));
}

}  // namespace hutong::daemon
