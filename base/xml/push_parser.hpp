// A hardened parser that is fed a text piece by piece and tells what it meets: names, attributes, text,
// offsets.
//
// XML 1.0 fifth edition, Namespaces in XML 1.0. The bytes are UTF-8, whatever their XML declaration says (see
// to_utf8()), and may be cut anywhere. No DTD, no entities but the five predefined, the limits of
// xml::parse() and, besides, 64 bytes of a reference, 4 KiB of the XML declaration, and of a tag what its
// attributes may have by Limits. What it meets can also become a tree, up to a point. One thread at a time;
// the events are called on the thread that feeds and may call stop().
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "base/xml/document.hpp"

namespace hutong::xml {

// Names and URIs come as views or C strings that are never null and end with a null character; the parser
// keeps one copy of each, so equal pointers mean equal text and different ones different text, but for "",
// which may stand in several places. They live as long as the parser.
struct NamespaceEvent {
    const char* prefix;  // empty: the default namespace
    const char* uri;     // empty: undeclared
};

struct AttributeEvent {
    std::string_view local;
    std::string_view prefix;
    const char* ns;
    std::string_view value;  // normalised, references replaced; valid during the event
};

struct StartTag {
    std::string_view local;
    std::string_view prefix;
    const char* ns;
    std::span<const NamespaceEvent> namespaces;
    std::span<const AttributeEvent> attributes;
    unsigned depth{0};  // of the element, the root having 1

    bool is(std::string_view uri, std::string_view name) const { return local == name && ns == uri; }
};

class ParserEvents {
  public:
    virtual void start(const StartTag& tag) = 0;
    virtual void end(unsigned depth) = 0;
    // One run of text may come in several pieces. `cdata`: it stood in a CDATA section; an empty section
    // comes as one empty piece.
    virtual void text(std::string_view text, bool cdata) = 0;
    virtual void comment() = 0;
    virtual void instruction() = 0;

  protected:
    ~ParserEvents() = default;
};

class PushParser {
  public:
    // `limits` and `events` must outlive it.
    PushParser(const Limits& limits, ParserEvents& events);
    ~PushParser();
    PushParser(const PushParser&) = delete;
    PushParser& operator=(const PushParser&) = delete;

    // Errors: invalid (not well-formed, not UTF-8), limit, refused (DTD), and what stop() was called with.
    Result<void> feed(std::string_view bytes);
    Result<void> finish();

    // From inside an event: nothing more is to be read. The line is put before the detail.
    void stop(ErrorCode code, std::string detail);
    void halt();  // likewise, but feed() then answers no error
    bool halted() const;
    int line() const;
    std::size_t bytes_fed() const;

    // Inside start(): of the tag. Inside end(): of the end tag, or of the empty-element tag itself.
    std::size_t tag_begin() const;  // the offset of its '<'
    std::size_t tag_end() const;    // past its '>'

    // Its copy of a prefix or namespace URI, for events that are made up among its own.
    const char* name(std::string_view text);

    // Called before the first feed(): everything is also to become a tree.
    void grow_tree();
    // Inside an event: the tree as far as it has come, the element that starts being the last in it, without
    // its content. It grows no more.
    Document cut_tree();

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace hutong::xml
