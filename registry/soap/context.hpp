// What an operation of the UDDI APIs works with: the database, who asks, and what this node calls itself.
//
// One for each request; references outlive it.
#pragma once

#include <chrono>
#include <functional>

#include "base/pg/pool.hpp"
#include "base/xml/document.hpp"
#include "registry/model/uddi/fault.hpp"
#include "registry/publication/uddi/publishers.hpp"
#include "registry/subscription/listeners.hpp"

namespace hutong::registry::uddi {

inline constexpr std::string_view node_id = "uddi:hutong:node";

// What subscriptions may ask for.
struct NotificationRules {
    const Listeners& listeners;
    std::chrono::seconds shortest_interval;
};

// An entity that a request without If-Match has saved over another publisher's change.
struct ReplacedEntity {
    std::string key;
    std::string by;
    std::string at;       // UTC
    std::string changed;  // "name, categoryBag"
};

// What the transport says beside the answer.
struct Notes {
    static constexpr std::size_t most_told = 20;  // of what was replaced; of others there is only a number
    std::string etag{};                           // of what the answer shows, quotes included
    std::vector<ReplacedEntity> replaced{};
};

struct Context {
    pg::Pool& pool;
    Publishers& publishers;
    NotificationRules notifications;
    std::string public_url;
    std::string
        certificate;  // SHA-256 thumbprint of the TLS client's, whose key the handshake proved; or empty
    std::string if_match{};  // what the entity that is saved or deleted must be (RFC 9110); empty: anything
    bool must_see{false};    // an edit without If-Match is refused
    // Whether the request says what it builds on; "*" is whatever is there, seen by nobody.
    bool says_seen() const { return !if_match.empty() && if_match != "*"; }
    Publisher publisher{};  // set for operations that need one
    Notes notes{};
};

// The answer's element as text; empty: an empty Body says it was done (section 4.8.1).
using Answer = Awaitable<OrFault<std::string>>;
using Operation = Answer (*)(Context&, xml::Element asked);

// <name xmlns="urn:uddi-org:api_v3">, or in another namespace of UDDI.
std::string answer_element(std::string_view name, const std::string& content,
                           const std::string& attributes = {});

}  // namespace hutong::registry::uddi
