// Canonical XML of one element and what is below it, without comments.
//
// Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0. Pure functions of a tree, as thread-safe as
// its document. Error: internal, when libxml2 cannot canonicalise (a relative namespace URI, no memory).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/xml/document.hpp"

namespace hutong::security {

// The whole document, processing instructions outside its root element included.
Result<std::string> canonicalize(const xml::Document& document, std::string_view method,
                                 const std::vector<std::string>& inclusive = {});

// `method`: a URI of c14n_algorithms(). `inclusive`: the prefixes of InclusiveNamespaces, "#default" among
// them.
Result<std::string> canonicalize(xml::Element element, std::string_view method,
                                 const std::vector<std::string>& inclusive = {});

// The PrefixList of the InclusiveNamespaces child of a canonicalisation method or transform; empty when there
// is none.
std::vector<std::string> inclusive_prefixes(xml::Element method);

}  // namespace hutong::security
