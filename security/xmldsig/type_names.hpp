// Whether the types that xsi:type names below a signed element are bound to what was digested.
//
// Exclusive canonicalisation (section 2) writes only the namespaces that element and attribute names use. A
// prefix that stands in the value of xsi:type alone is left out, so anybody can bind it to another namespace
// without touching the digest. Such a type is refused, unless its prefix is in InclusiveNamespaces or is also
// that of an element or attribute around it. XML Schema's own types are let through: many stacks write them
// so, and nothing could bind the prefix to another schema that has a type of the same name and would pass.
// In a tree, or while elements go by. No shared state.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/xml/document.hpp"
#include "security/xmldsig/canonical_writer.hpp"

namespace hutong::security {

// `inclusive`: the PrefixList of the reference's canonicalisation, "#default" standing for no prefix. Error:
// refused, naming the type.
Result<void> check_type_names(xml::Element apex, const std::vector<std::string>& inclusive);

// The same for elements that go by, from the apex on. The strings must outlive it.
class TypeNames {
  public:
    explicit TypeNames(std::vector<xml::NamespaceEvent> above_apex) : in_scope_(std::move(above_apex)) {}

    void start(const xml::StartTag& tag) {
        frames_.push_back(in_scope_.size());
        if (!tag.namespaces.empty())
            in_scope_.insert(in_scope_.end(), tag.namespaces.begin(), tag.namespaces.end());
    }
    void end() {
        in_scope_.resize(frames_.back());
        frames_.pop_back();
    }
    // Of the element that start() was called with last, and a writer that has written its tag.
    Result<void> check(const xml::StartTag& tag, const CanonicalWriter& writer) const;

  private:
    std::vector<xml::NamespaceEvent> in_scope_;  // innermost last
    std::vector<std::size_t> frames_;
};

}  // namespace hutong::security
