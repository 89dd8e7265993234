// Reads start tags and end tags, and knows what is open and what prefixes are bound to. Not for other rooms.
//
// XML 1.0 fifth edition section 3.1; Namespaces in XML 1.0. Views of what it read are valid until it reads
// the next tag, and while the bytes are. One thread at a time.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/xml/name_table.hpp"
#include "base/xml/push_parser.hpp"

namespace hutong::xml {

class TagReader {
  public:
    explicit TagReader(const Limits& limits);

    enum class Outcome { complete, cut, failed };  // cut: the bytes end within the tag
    // `at` is at the '<', and another byte follows.
    Outcome open(const char* at, const char* end);
    Outcome close(const char* at, const char* end);
    // After the events of an end tag, or of an empty-element tag: the element and its declarations are gone.
    void leave();

    const char* past() const { return past_; }
    const StartTag& tag() const { return tag_; }  // of open()
    bool is_empty() const { return empty_; }      // an empty-element tag
    unsigned depth() const { return static_cast<unsigned>(open_.size()); }
    const Error& problem() const { return problem_; }

    const char* name(std::string_view text);  // its copy

  private:
    struct Declaration {
        Prefix* prefix;
        std::string_view uri;
    };
    struct Bound {
        Prefix* prefix;
        const char* before;
    };
    struct Open {
        const QualifiedName* name;
        std::size_t bound;
    };
    Outcome fail(Error problem);
    Outcome fail(const char* what) { return fail(invalid(what)); }
    Outcome attribute(const char* at, const char* end);
    template <char quote>
    Outcome value(const char* at, const char* end, std::string_view& value);
    template <char quote>
    Outcome normalise(const char* begin, const char* at, const char* end, std::string_view& value);
    Outcome bind();
    Outcome declare(const Declaration& declaration);
    Outcome place_attributes();
    bool repeated(std::size_t attribute) const;
    std::string& next_normalised();

    const Limits& limits_;
    NameTable names_;
    StartTag tag_;
    bool empty_{false};
    const char* past_{nullptr};
    Error problem_{ErrorCode::invalid, {}};

    std::vector<Open> open_;
    std::vector<Bound> bound_;

    // Of the tag that is read.
    std::vector<Declaration> declarations_;
    std::vector<NamespaceEvent> namespaces_;
    std::vector<AttributeEvent> attributes_;
    std::vector<const QualifiedName*> attribute_names_;
    std::deque<std::string> normalised_;  // values that are not as they stand
    std::size_t normalised_used_{0};
};

// A reference to a character or to one of the five predefined entities (sections 4.1 and 4.6). `at` is at its
// '&'.
struct Reference {
    TagReader::Outcome outcome;
    const char* past{nullptr};
    char bytes[4]{};
    unsigned size{0};
    bool too_long{false};

    Error fault() const;  // where it failed
};
Reference read_reference(const char* at, const char* end);

}  // namespace hutong::xml
