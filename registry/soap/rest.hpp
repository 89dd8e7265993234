// Inquiry by GET: a query string becomes the request of a find or of an entity, and its answer is given as
// XML or JSON.
//
// UDDI v3.0.2 section 6.5 leaves "HTTP GET services for UDDI data structures" to the registry: ?businessKey=,
// ?serviceKey=, ?bindingKey=, ?tModelKey= and ?entityKey= give one entity; ?find_service&name=… a list. Pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "base/xml/document.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

struct RestQuery {
    std::string request;  // the SOAP Body's content
    bool json{false};
    bool entity{false};  // one entity is asked for: it alone is the answer
};

// The query as it came, percent-encoded. Parameters of finds: name (with name.LANG for a language),
// findQualifier, category and identifier as TMODELKEY|VALUE or TMODELKEY|VALUE|KEYNAME, tModelKey (after a
// find: of the tModelBag), discoveryURL, businessKey, serviceKey, maxRows, listHead; of
// find_relatedBusinesses businessKey, fromKey or toKey, and relationship as category is; format=xml or json.
// Errors: E_unsupported (an unknown parameter), E_fatalError.
OrFault<RestQuery> read_query(std::string_view query, std::string_view accept);
bool is_rest_query(std::string_view query);

// Attributes and texts as members, child elements as arrays by their names.
std::string json_of(const xml::Element& element);

}  // namespace hutong::registry::uddi
