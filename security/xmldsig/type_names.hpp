// Whether the types that xsi:type names below a signed element are bound to what was digested.
//
// Exclusive canonicalisation (section 2) writes only the namespaces that element and attribute names use. A
// prefix that stands in the value of xsi:type alone is left out, so anybody can bind it to another namespace
// without touching the digest. Such a type is refused, unless its prefix is in InclusiveNamespaces or is also
// that of an element or attribute around it. XML Schema's own types are let through: many stacks write them
// so, and nothing could bind the prefix to another schema that has a type of the same name and would pass.
// A pure function of a tree.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/xml/document.hpp"

namespace hutong::security {

// `inclusive`: the PrefixList of the reference's canonicalisation, "#default" standing for no prefix. Error:
// refused, naming the type.
Result<void> check_type_names(xml::Element apex, const std::vector<std::string>& inclusive);

}  // namespace hutong::security
