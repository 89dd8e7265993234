// All Ids of one message: which element an Id means, and whether it could mean another to somebody else.
//
// WS-Security 1.1.1 section 4 (wsu:Id), XML Signature 1.1 section 4.5, xml:id 1.0, SAML. An Id is known by
// its namespaced attribute, or by an un-namespaced one only where a standard or the caller says so. A view of
// the document, which must outlive it; register_id() changes the document's own Id table, so one thread at a
// time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/xml/document.hpp"

struct _xmlAttr;

namespace hutong::security {

// Whether an attribute of this local name, in whatever namespace, may be read as an Id.
inline bool may_be_read_as_id(std::string_view attribute) {
    return attribute == "Id" || attribute == "ID" || attribute == "id" || attribute == "AssertionID";
}

// Whether a standard makes this attribute an Id wherever its element stands.
bool is_standard_id(std::string_view element_ns, std::string_view element, std::string_view attribute_ns,
                    std::string_view attribute);

Error occurs_twice(std::string_view id);

class IdIndex {
  public:
    // `plain_id`: the elements at which an un-namespaced Id attribute counts (Body, Timestamp, wsa:* blocks).
    // `body`: business data; below it un-namespaced Id, ID, id attributes may repeat, since nothing reads
    // them here, unless a signature names the value (see ambiguous()). Error: refused, naming an Id that
    // occurs twice.
    static Result<IdIndex> make(const xml::Document& document, std::span<const xml::Element> plain_id,
                                xml::Element body);

    // The element that `id` means; empty when none. Error: refused when any second attribute of the whole
    // message, whatever its namespace, that may be read as an Id has this value.
    Result<xml::Element> find(std::string_view id) const;

    // Whether any attribute that may be read as an Id has this value.
    bool knows(std::string_view id) const { return !with_value(id).empty(); }

    // Lets libxml2's own lookup (xmlsec1's "#id") find exactly the element that find() gives.
    void register_id(std::string_view id) const;

  private:
    struct Entry {
        std::string value;
        _xmlAttr* attribute;
        bool counts;    // an Id by the rules above, not merely an attribute with such a name
        bool business;  // un-namespaced, below Body
    };
    std::span<const Entry> with_value(std::string_view id) const;

    std::vector<Entry> entries_;  // sorted by value
};

}  // namespace hutong::security
