// What both parsers check of every start tag, whether they make a tree of it or tell of it. Not for other
// rooms.
#pragma once

#include <libxml/parser.h>

#include "base/xml/push_parser.hpp"

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
const char* exceeded(const Limits& limits, const StartTag& tag);

// What libxml2 found wrong with the text.
Error not_well_formed(xmlParserCtxtPtr context);

}  // namespace hutong::xml
