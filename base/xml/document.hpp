// Hardened XML parsing to a tree, and a light view of its elements.
//
// No DTD, no entities beyond the five predefined, no network, no XInclude; limits from configuration
// (XML 1.0 fifth edition, Namespaces in XML 1.0). libxml2 stays behind this folder and security/xmldsig.
// Document owns the tree; Element is a view that must not outlive it. Distinct documents may be used from
// distinct threads; one document is not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

struct _xmlDoc;
struct _xmlNode;

namespace hutong::xml {

// What a parser accepts before it gives up. Defaults suit SOAP messages from strangers.
struct Limits {
    std::size_t bytes{64u << 20};            // of the whole text
    unsigned depth{64};                      // nested elements
    unsigned attributes{64};                 // of one element, namespace declarations included
    std::size_t name_bytes{256};             // of an element or attribute name, prefix included
    std::size_t attribute_bytes{64u << 10};  // of one attribute value or namespace URI
    std::size_t elements{1'000'000};         // in the whole text
    bool allow_comments_and_pis{true};
};

struct QName {
    std::string ns;
    std::string local;
    auto operator<=>(const QName&) const = default;
    std::string text() const { return ns.empty() ? local : "{" + ns + "}" + local; }
};

struct Attribute {
    std::string ns;
    std::string local;
    std::string value;
};

class Element {
  public:
    Element() = default;
    explicit Element(_xmlNode* node) : node_(node) {}
    explicit operator bool() const { return node_ != nullptr; }
    bool operator==(const Element&) const = default;

    std::string_view local() const;
    std::string_view ns() const;  // empty: in no namespace
    QName name() const { return {std::string(ns()), std::string(local())}; }
    bool is(std::string_view ns, std::string_view local) const;
    int line() const;

    std::optional<std::string> attribute(std::string_view local, std::string_view ns = {}) const;
    std::vector<Attribute> attributes() const;  // without namespace declarations
    std::string text() const;                   // all text below, concatenated
    // A QName-valued text such as "tns:Order" resolved in this element's scope. Unprefixed names take the
    // default namespace. Error: invalid, when the prefix is not declared.
    Result<QName> resolve(std::string_view qname) const;

    Element parent() const;
    Element first_child() const;  // child elements only
    Element next_sibling() const;
    Element child(std::string_view ns, std::string_view local) const;  // the first of that name
    std::vector<Element> children() const;
    std::vector<Element> children(std::string_view ns, std::string_view local) const;

    void set_attribute(std::string_view local, std::string_view value);  // in no namespace
    void remove_attribute(std::string_view local);
    void set_text(std::string_view text);
    // Appends a child; `ns` must be empty or is declared on the child with `prefix` when not in scope.
    Element append(std::string_view ns, std::string_view local, std::string_view prefix = {});
    // Parses `fragment` (well-formed, self-contained) and appends it as the last child.
    Result<Element> append_fragment(std::string_view fragment);
    Element insert_before(std::string_view ns, std::string_view local, std::string_view prefix = {});
    void remove();  // from the tree; the view is empty after

    std::string serialize() const;           // this element, UTF-8, namespaces in scope declared
    _xmlNode* raw() const { return node_; }  // for security/xmldsig only

  private:
    _xmlNode* node_{nullptr};
};

class Document {
  public:
    Document() = default;
    explicit Document(_xmlDoc* doc);
    Element root() const;
    std::string encoding() const;                // as declared, upper case; "UTF-8" when silent
    std::string serialize() const;               // UTF-8 with XML declaration
    _xmlDoc* raw() const { return doc_.get(); }  // for base/xml and security/xmldsig only
    explicit operator bool() const { return doc_ != nullptr; }

  private:
    struct Free {
        void operator()(_xmlDoc*) const;
    };
    std::unique_ptr<_xmlDoc, Free> doc_;
};

// Parses the whole text in any encoding libxml2 knows. `charset`, when not empty, is what the transport said;
// a disagreement with the XML declaration or BOM is refused. Errors: invalid (not well-formed: line, column,
// reason), limit (which limit), refused (DTD, entity).
Result<Document> parse(std::string_view text, const Limits& limits = {}, std::string_view charset = {});

// An empty document with one root element.
Document make_document(std::string_view ns, std::string_view local, std::string_view prefix = {});

// The text as UTF-8 without BOM, for anything declared otherwise; the XML declaration, if there was one, then
// says UTF-8. Text that is UTF-8 already is returned as it is.
Result<std::string> to_utf8(std::string_view text, std::string_view charset = {});

// The encoding of a text by its first bytes and by what the transport said, upper case. Errors: they disagree
// with each other, or the XML declaration does not end in them.
Result<std::string> encoding_of(std::string_view beginning, std::string_view charset);
inline constexpr std::size_t declaration_bytes = 4096;  // that many are enough for it
bool shows_encoding(std::string_view beginning);        // these are enough already
bool is_utf8(std::string_view encoding);                // or ASCII, which is a part of it
// Of a UTF-8 byte order mark at the beginning; 0: none.
std::size_t utf8_mark(std::string_view beginning);

std::string escape(std::string_view text);  // & < > " ' and control characters, for text and attributes

void initialize();  // once, before threads

}  // namespace hutong::xml
