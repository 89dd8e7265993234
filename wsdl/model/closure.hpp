// Every document a contract reaches from its main file, parsed once, with the links between them.
//
// Owns the documents; the Elements in it are views into them. Made and used on one thread.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "base/result.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::wsdl {

struct SourceFile {
    std::string path;
    std::string text;      // UTF-8, what `document` was parsed from
    std::string encoding;  // as declared
    bool had_doctype{false};
    xml::Document document;
    bool is_schema() const;  // else it is a WSDL
};

// An element and the file it stands in.
struct Node {
    xml::Element element;
    const SourceFile* file{nullptr};
    Place place() const { return {file->path, element.line()}; }
};

// An xs:schema, inline or a file of its own, in the namespace it has for whoever included it. A chameleon (a
// schema without target namespace that others include) is there once for each namespace it takes on.
struct Schema {
    Node root;
    std::string ns;  // effective target namespace
    bool is_inline{false};
    bool chameleon{false};
    bool included{false};  // reached by include or redefine only so far
};

enum class LinkKind { wsdl_import, schema_import, include, redefine };

struct Link {
    LinkKind kind{LinkKind::wsdl_import};
    Node from;                      // the import element
    std::string ns;                 // its namespace= attribute
    std::string location;           // as written; empty when it has none
    const SourceFile* to{nullptr};  // nullptr: not in the bundle, or not readable
};

struct Closure {
    std::deque<SourceFile> files;   // the main file first
    std::vector<Node> definitions;  // wsdl:definitions, the main one first
    std::vector<Schema> schemas;
    std::vector<Link> links;
    std::vector<Finding> findings;
    bool defines_namespace(std::string_view ns) const;  // some schema has it as its own
};

// Errors only for the main file (absent, not XML, not WSDL 1.1) and for limits; the rest becomes findings.
Result<Closure> gather(const Bundle& bundle, const config::Wsdl& limits);

// For contracts that were within their limits when they were read.
inline constexpr config::Wsdl unlimited{~std::uint64_t{0}, ~0u};

// What contract files may hold before the parser gives up on them.
xml::Limits parser_limits(const config::Wsdl& limits);

// The import, include and redefine elements right below a wsdl:definitions or xs:schema, inline schemas
// included.
std::vector<std::pair<LinkKind, xml::Element>> link_elements(xml::Element root);
std::string location_of(LinkKind kind, xml::Element element);

}  // namespace hutong::wsdl
