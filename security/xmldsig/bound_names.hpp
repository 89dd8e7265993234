// Whether the names that stand in values below a signed element are bound to what was digested.
//
// Exclusive canonicalisation (section 2) writes only the namespaces that element and attribute names use. A
// prefix that stands in a value alone is left out, so anybody can bind it to another namespace without
// touching the digest. Such a value is refused, unless its prefix is in InclusiveNamespaces or is also that
// of an element or attribute around it. Which values are names: that of xsi:type always, and what the
// contract gives the type xs:QName or xs:NOTATION, or xsi:type does. Types of XML Schema itself are let
// through in xsi:type: many stacks write them so, and nothing could bind the prefix to another schema that
// has a type of the same name and would pass. In a tree, or while elements go by. No shared state.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/xml/document.hpp"
#include "base/xml/qname_values.hpp"
#include "security/xmldsig/canonical_writer.hpp"

namespace hutong::security {

// `inclusive`: the PrefixList of the reference's canonicalisation, "#default" standing for no prefix.
// `values`: of the contract; null: only xsi:type is looked at. Error: refused, with the value.
Result<void> check_bound_names(xml::Element apex, const std::vector<std::string>& inclusive,
                               const xml::QNameValues* values);

// Whether an xsi:type among the attributes says that the element's text is a name. By the type's local name.
bool has_qname_type(std::span<const xml::AttributeEvent> attributes, const xml::QNameValues& values);

// The same for elements that go by, from the apex on. The strings must outlive it.
class BoundNames {
  public:
    explicit BoundNames(std::vector<xml::NamespaceEvent> above_apex) : in_scope_(std::move(above_apex)) {}

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
    // Of names in a value of that element, which has a prefix itself or not, or of an attribute of it.
    Result<void> check_value(std::string_view value, bool prefixed, const CanonicalWriter& writer) const;

  private:
    std::string_view bound_to(std::string_view prefix) const;  // empty: nothing

    std::vector<xml::NamespaceEvent> in_scope_;  // innermost last
    std::vector<std::size_t> frames_;
};

}  // namespace hutong::security
