// What is checked of start tags before libxml2 makes a tree of them. Not for other rooms.
#pragma once

#include <libxml/parser.h>

#include "base/xml/name_table.hpp"

namespace hutong::xml {

// A start tag in libxml2's SAX2 form.
struct RawStartTag {
    const xmlChar* local;
    const xmlChar* prefix;
    const xmlChar* uri;
    int namespace_count;
    const xmlChar** namespaces;  // prefix, URI
    int attribute_count;
    const xmlChar** attributes;  // local, prefix, URI, value, its end
};

// The name of the limit that this start tag exceeds, or nullptr.
const char* exceeded(const Limits& limits, const RawStartTag& tag);

// libxml2 2.9 compares every attribute of a tag with every other before it tells of the tag. So they are
// counted in the text first: outside of quotes a tag has one '=' for each, and ends at its first '>'.
// PushParser knows by it when a tag is complete.
class AttributeCount {
  public:
    // The next piece of a start tag, whose first begins with its '<'. How much of it belongs to the tag.
    std::size_t read(std::string_view piece);
    unsigned count() const { return count_; }

  private:
    char quote_{'\0'};
    unsigned count_{0};
};
// Whether a tag of this text, in UTF-8, has more attributes than it may.
bool has_crowded_tag(std::string_view text, const Limits& limits);
inline const char* const too_many_attributes = "over the configured limit: attributes per element";

// libxml2 2.9 keeps every name, prefix and namespace of a text in a table of at most 4,608 chains, whose hash
// begins at a number that is drawn for each text, from a generator seeded with the second in which the
// process began. So it is their number (max_names) that bounds what finding one costs, whatever a sender
// knows of that.
bool too_many_names(xmlParserCtxtPtr context);

// What libxml2 found wrong with the text.
Error not_well_formed(xmlParserCtxtPtr context);

}  // namespace hutong::xml
