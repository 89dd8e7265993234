// findQualifiers by name or by tModelKey, and which of them exclude each other (section 5.1.4.3).
#include <array>
#include <set>

#include "registry/model/uddi/find.hpp"
#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

namespace {

using Order = Qualifiers::Order;
using Keys = Qualifiers::Keys;
using Categories = Qualifiers::Categories;
using Collation = Qualifiers::Collation;

struct QualifierRow {
    std::string_view name;  // folded
    std::string_view key;
    void (*apply)(Qualifiers&);
};

constexpr std::array rows{
    QualifierRow{"andallkeys", "uddi:uddi.org:findqualifier:andallkeys",
                 [](Qualifiers& q) { q.keys = Keys::and_all; }},
    QualifierRow{"approximatematch", "uddi:uddi.org:findqualifier:approximatematch",
                 [](Qualifiers& q) { q.approximate = true; }},
    QualifierRow{"binarysort", "uddi:uddi.org:sortorder:binarysort",
                 [](Qualifiers& q) { q.collation = Collation::binary; }},
    QualifierRow{"bindingsubset", "uddi:uddi.org:findqualifier:bindingsubset",
                 [](Qualifiers& q) { q.categories = Categories::of_bindings; }},
    QualifierRow{"caseinsensitivematch", "uddi:uddi.org:findqualifier:caseinsensitivematch",
                 [](Qualifiers& q) { q.case_insensitive = true; }},
    QualifierRow{"caseinsensitivesort", "uddi:uddi.org:findqualifier:caseinsensitivesort",
                 [](Qualifiers& q) {
                     if (q.collation == Collation::binary) q.collation = Collation::case_insensitive;
                 }},
    QualifierRow{"casesensitivematch", "uddi:uddi.org:findqualifier:casesensitivematch", [](Qualifiers&) {}},
    QualifierRow{"casesensitivesort", "uddi:uddi.org:findqualifier:casesensitivesort", [](Qualifiers&) {}},
    QualifierRow{"combinecategorybags", "uddi:uddi.org:findqualifier:combinecategorybags",
                 [](Qualifiers& q) { q.categories = Categories::combined; }},
    QualifierRow{"diacriticinsensitivematch", "uddi:uddi.org:findqualifier:diacriticsinsensitivematch",
                 [](Qualifiers& q) { q.diacritic_insensitive = true; }},
    QualifierRow{"diacriticsensitivematch", "uddi:uddi.org:findqualifier:diacriticssensitivematch",
                 [](Qualifiers&) {}},
    QualifierRow{"exactmatch", "uddi:uddi.org:findqualifier:exactmatch", [](Qualifiers&) {}},
    QualifierRow{"orallkeys", "uddi:uddi.org:findqualifier:orallkeys",
                 [](Qualifiers& q) { q.keys = Keys::or_all; }},
    QualifierRow{"orlikekeys", "uddi:uddi.org:findqualifier:orlikekeys",
                 [](Qualifiers& q) { q.keys = Keys::or_like; }},
    QualifierRow{"servicesubset", "uddi:uddi.org:findqualifier:servicesubset",
                 [](Qualifiers& q) { q.categories = Categories::of_services; }},
    QualifierRow{"signaturepresent", "uddi:uddi.org:findqualifier:signaturepresent",
                 [](Qualifiers& q) { q.signature_present = true; }},
    QualifierRow{"sortbynameasc", "uddi:uddi.org:findqualifier:sortbynameasc",
                 [](Qualifiers& q) { q.by_name = Order::ascending; }},
    QualifierRow{"sortbynamedesc", "uddi:uddi.org:findqualifier:sortbynamedesc",
                 [](Qualifiers& q) { q.by_name = Order::descending; }},
    QualifierRow{"sortbydateasc", "uddi:uddi.org:findqualifier:sortbydateasc",
                 [](Qualifiers& q) { q.by_date = Order::ascending; }},
    QualifierRow{"sortbydatedesc", "uddi:uddi.org:findqualifier:sortbydatedesc",
                 [](Qualifiers& q) { q.by_date = Order::descending; }},
    QualifierRow{"suppressprojectedservices", "uddi:uddi.org:findqualifier:suppressprojectedservices",
                 [](Qualifiers& q) { q.suppress_projections = true; }},
    QualifierRow{"uts-10", "uddi:uddi.org:sortorder:uts-10",
                 [](Qualifiers& q) { q.collation = Collation::unicode; }},
};

// Of each line at most one may be there.
constexpr std::array<std::array<std::string_view, 3>, 12> exclusive{{
    {"andallkeys", "orallkeys", "orlikekeys"},
    {"sortbynameasc", "sortbynamedesc", ""},
    {"sortbydateasc", "sortbydatedesc", ""},
    {"combinecategorybags", "servicesubset", "bindingsubset"},
    {"exactmatch", "approximatematch", ""},
    {"exactmatch", "caseinsensitivematch", ""},
    {"exactmatch", "diacriticinsensitivematch", ""},
    {"casesensitivematch", "caseinsensitivematch", ""},
    {"diacriticsensitivematch", "diacriticinsensitivematch", ""},
    {"casesensitivesort", "caseinsensitivesort", ""},
    {"binarysort", "uts-10", ""},
    {"binarysort", "caseinsensitivesort", ""},
}};

const QualifierRow* find_row(const std::string& asked) {
    for (const QualifierRow& row : rows)
        if (row.name == asked || row.key == asked) return &row;
    return nullptr;
}

}  // namespace

OrFault<Qualifiers> read_qualifiers(const xml::Element& find) {
    Qualifiers qualifiers;
    const xml::Element list = find.child(ns, "findQualifiers");
    if (!list) return qualifiers;
    std::set<std::string_view> seen;
    for (const xml::Element one : list.children(ns, "findQualifier")) {
        const QualifierRow* const row = find_row(fold_key(one.text()));
        if (row == nullptr)
            return Fault(failure::unsupported, "findQualifier \"" + collapsed(one.text()) +
                                                   "\" is not known here; see section 5.1.4 of UDDI 3.0.2.");
        seen.insert(row->name);
        row->apply(qualifiers);
    }
    for (const auto& line : exclusive) {
        std::string there;
        unsigned count = 0;
        for (const std::string_view name : line) {
            if (name.empty() || !seen.contains(name)) continue;
            ++count;
            there += (there.empty() ? "" : " and ") + std::string(name);
        }
        if (count > 1)
            return Fault(failure::invalid_combination,
                         "The findQualifiers " + there + " exclude each other.");
    }
    return qualifiers;
}

}  // namespace hutong::registry::uddi
