#include "gateway/calls/contract_pages.hpp"

namespace hutong::gateway {

std::string contract_query(std::string_view query) {
    std::string text;
    for (std::size_t i = 0; i < query.size(); ++i) {
        if (query[i] == '%' && i + 2 < query.size()) {
            const auto byte = from_hex(query.substr(i + 1, 2));
            if (byte.has_value()) {
                text.push_back(static_cast<char>(byte->front()));
                i += 2;
                continue;
            }
        }
        text.push_back(query[i]);
    }
    if (text.size() == 4 && (text[0] == 'W' || text[0] == 'w')) {
        std::string lower;
        for (const char c : text)
            lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        if (lower == "wsdl") return lower;
    }
    return text;
}

http::Response contract_page(const RoutingTable* table, const std::string& service, std::string_view query) {
    if (table == nullptr)
        return http::text_response(503, "text/plain; charset=utf-8", "The gateway is not ready yet.\n");
    const auto found = table->services.find(service);
    if (found == table->services.end())
        return http::text_response(404, "text/plain; charset=utf-8",
                                   "There is no service of that name here.\n");
    const ServiceRoute& route = *found->second;
    if (query.empty())
        return http::text_response(200, "text/plain; charset=utf-8",
                                   "SOAP service " + route.service.id() + ", contract version " +
                                       std::to_string(route.service.version) +
                                       ". Its contract is at ?wsdl; calls are made with POST.\n");
    const auto page = route.published.find(contract_query(query));
    if (page == route.published.end())
        return http::text_response(404, "text/plain; charset=utf-8",
                                   "The contract has no such file; begin at ?wsdl.\n");
    return http::text_response(200, "text/xml; charset=utf-8", page->second);
}

}  // namespace hutong::gateway
