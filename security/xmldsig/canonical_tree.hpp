// Feeds what is in a tree to a CanonicalWriter, and says what the apex of a writer inherits.
//
// Pure functions of a tree, as thread-safe as its document.
#pragma once

#include "security/xmldsig/canonical_writer.hpp"

namespace hutong::security {

Ancestry ancestry_of(xml::Element apex);

// `apex` and what is below it. Processing instructions are not written: the trees are SOAP headers, which
// have none.
void write_subtree(xml::Element apex, const C14nMethod& method, OctetSink& sink);

// Likewise, as text.
std::string canonical_text(xml::Element apex, const C14nMethod& method);

// Whether a namespace URI is relative, for which canonicalisation is an error (Canonical XML 1.1
// section 1.3). `uri`: a valid URI reference, as the parser lets no other through.
bool is_relative_uri(std::string_view uri);

}  // namespace hutong::security
