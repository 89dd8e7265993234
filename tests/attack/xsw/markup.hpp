// Where each element of a well-formed XML text lies, byte by byte; the generator's own reading of a message.
//
// Written for the tests alone so that it shares no code, and no mistake, with what is under test. No DTD. The
// tree refers to no text but by offsets. Throws std::runtime_error on what it does not understand.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hutong::attack {

struct Markup {
    struct Attribute {
        std::string name;  // as written, with prefix
        std::string value;
        std::size_t begin, end;  // from the white space before it to past its closing quote
    };
    std::string prefix, local, ns;
    std::size_t begin;        // of '<'
    std::size_t open_end;     // past the start tag's '>'
    std::size_t close_begin;  // of "</"; the same as open_end for <empty/>
    std::size_t end;          // past the element
    std::vector<Attribute> attributes;
    std::map<std::string, std::string> in_scope;  // prefix → namespace, its own declarations included
    std::vector<std::unique_ptr<Markup>> children;
    const Markup* parent{nullptr};

    bool is(std::string_view n, std::string_view l) const { return ns == n && local == l; }
    std::string qname() const { return prefix.empty() ? local : prefix + ":" + local; }
    const Markup* child(std::string_view n, std::string_view l) const;  // the first; nullptr: none
    std::string_view text(std::string_view whole) const { return whole.substr(begin, end - begin); }
    std::string_view inner(std::string_view whole) const {
        return whole.substr(open_end, close_begin - open_end);
    }
    // Attributes that declare what is in scope here and not declared on the element itself.
    std::string missing_declarations() const;
};

std::unique_ptr<Markup> read_markup(std::string_view text);  // the root element

}  // namespace hutong::attack
