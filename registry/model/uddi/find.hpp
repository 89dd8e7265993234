// What a find_… request asks: criteria and findQualifiers, as plain values.
//
// UDDI v3.0.2 sections 5.1.4 (findQualifiers) and 5.1.9 to 5.1.13. Reading is pure.
#pragma once

#include <memory>

#include "registry/model/uddi/entity.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

struct Qualifiers {
    bool approximate{false};  // % and _ are wildcards, \ escapes them
    bool case_insensitive{false};
    bool diacritic_insensitive{false};
    enum class Keys { standard, and_all, or_all, or_like } keys{Keys::standard};
    enum class Categories { own, combined, of_services, of_bindings } categories{Categories::own};
    bool suppress_projections{false};
    bool signature_present{false};
    enum class Order { none, ascending, descending };
    Order by_name{Order::none};
    Order by_date{Order::none};
    enum class Collation { binary, case_insensitive, unicode } collation{Collation::binary};
};

// Errors: E_unsupported (no such qualifier), E_invalidCombination. `find`: any element with findQualifiers.
OrFault<Qualifiers> read_qualifiers(const xml::Element& find);

struct Window {
    unsigned head{1};                // the first one to be told, from 1
    std::optional<unsigned> most{};  // maxRows
};

struct RelatedTo {
    std::string key;
    bool as_from{true};  // key may be the fromKey …
    bool as_to{true};    // … or the toKey of the relationship
    std::optional<Reference> relationship{};
    Qualifiers qualifiers{};
    Window window{};
};

struct Find {
    Kind kind{Kind::tmodel};
    Qualifiers qualifiers;
    Window window;
    std::string within;       // the businessKey of find_service, the serviceKey of find_binding
    std::vector<Name> names;  // any of them
    Bags bags;
    // Of a categoryBag: the groups asked for, members included, one after the other in bags.categories.
    std::vector<std::string> tmodels;
    std::shared_ptr<const Find> tmodels_found{};  // an embedded find_tModel, whose keys join `tmodels`
    std::vector<DiscoveryUrl> discovery_urls{};
    std::optional<RelatedTo> related{};
    // Of subscriptions: just these entities, and only what changed within a time (format_utc).
    std::vector<std::string> keys{};
    std::string changed_from{}, changed_until{};
};

OrFault<Find> read_find(const xml::Element& element, Kind kind);
OrFault<RelatedTo> read_related(const xml::Element& element);

}  // namespace hutong::registry::uddi
