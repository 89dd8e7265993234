// Where the tags and attribute values of a document lie in its text, so that a change touches nothing else.
//
// For text that xml::parse accepted (UTF-8, well-formed, no DTD): the map does not check it again. Elements
// are in document order, the n-th of the map being the n-th that a walk of the tree meets. Views into the
// text, which must outlive the map.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/xml/document.hpp"

namespace hutong::wsdl {

struct AttributeSpan {
    std::string_view name;  // as written, with prefix
    std::size_t begin{0};   // of the value, between the quotes
    std::size_t end{0};
};

struct ElementSpan {
    std::string_view name;  // as written, with prefix
    std::size_t begin{0};   // '<'
    std::size_t name_end{0};
    std::size_t tag_end{0};          // past the '>' of the start tag
    std::size_t content_end{0};      // '<' of the end tag; tag_end for <a/>
    std::size_t end{0};              // past the last '>'
    std::size_t first_attribute{0};  // into TextMap::attributes
    std::size_t attribute_count{0};
    bool empty_tag{false};  // <a/>
};

class TextMap {
  public:
    explicit TextMap(std::string_view text);
    const std::vector<ElementSpan>& elements() const { return elements_; }
    const AttributeSpan* attribute(const ElementSpan& element, std::string_view name) const;  // nullptr: none
    std::span<const AttributeSpan> attributes(const ElementSpan& element) const {
        return std::span(attributes_).subspan(element.first_attribute, element.attribute_count);
    }
    std::string_view text() const { return text_; }

  private:
    std::size_t start_tag(std::size_t at);

    std::string_view text_;
    std::vector<ElementSpan> elements_;
    std::vector<AttributeSpan> attributes_;
};

// Changes to a text, applied together.
class Splices {
  public:
    explicit Splices(const TextMap& map) : map_(map) {}
    void replace(std::size_t begin, std::size_t end, std::string text);
    // The value of an attribute in no namespace; added when the element has none. `value` is not yet escaped.
    void set_attribute(const ElementSpan& element, std::string_view name, std::string_view value);
    void remove_attribute(const ElementSpan& element, std::string_view name);
    void add_to_start_tag(const ElementSpan& element, std::string_view markup);
    void append_child(const ElementSpan& element, const std::string& markup);
    std::string apply() const { return apply(0, map_.text().size()); }
    std::string apply(std::size_t begin, std::size_t end) const;  // only that part of the text

  private:
    struct Change {
        std::size_t begin;
        std::size_t end;
        std::string text;
    };
    const TextMap& map_;
    std::vector<Change> changes_;
};

// Calls `visit` with every element in document order and its number.
void walk(xml::Element root, const std::function<void(xml::Element, std::size_t)>& visit);

}  // namespace hutong::wsdl
