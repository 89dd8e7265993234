// Writes the canonical form of one element, without comments, while its events come by; no tree is needed.
//
// Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0; byte for byte what libxml2's xmlC14NExecute
// writes, since that is what stock xmlsec1 verifies. Two things are for the caller to keep away: a relative
// namespace URI (an error by the standard), and xml:base at or above the apex with Canonical XML 1.1 (see
// needs_base_fixup()). Names and their halves must stay where they are until the writer is done. Nothing is
// allocated once its buffers have grown. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/xml/push_parser.hpp"
#include "security/xmldsig/algorithms.hpp"

namespace hutong::security {

class OctetSink {
  public:
    virtual void write(std::string_view octets) = 0;

  protected:
    ~OctetSink() = default;
};

struct C14nMethod {
    const C14nAlgorithm* algorithm{nullptr};
    std::vector<std::string> inclusive;  // the PrefixList, "#default" among it
    bool operator==(const C14nMethod&) const = default;
};

// What the apex inherits from the elements above it. The strings must outlive the writer.
struct Ancestry {
    std::vector<xml::NamespaceEvent> namespaces;      // in scope above the apex, each prefix once
    std::vector<xml::AttributeEvent> xml_attributes;  // xml:*, each name once, the nearest
};

class CanonicalWriter {
  public:
    CanonicalWriter(C14nMethod method, Ancestry ancestry, OctetSink& sink);

    void start(const xml::StartTag& tag);  // the first one is the apex
    void end();  // of the innermost open element; that of the apex is the last event
    void text(std::string_view text);
    void raw(std::string_view octets);           // text that has nothing to be escaped
    bool complete() const { return complete_; }  // the apex has ended

    // Whether what was written so far says what `prefix` stands for in the innermost open element, where that
    // is `uri`.
    bool shows(std::string_view prefix, std::string_view uri) const;

  private:
    // An open element: what there was before it, and its name, which the parser or the tree keeps.
    struct Frame {
        std::size_t rendered;
        std::size_t declared;
        std::string_view prefix;
        std::string_view local;
    };
    // A name as it is written, known again by where the parser or the tree keeps its two halves.
    struct QName {
        const char* prefix{nullptr};
        const char* local{nullptr};
        std::size_t size{0};
        std::array<char, 32> text;
    };
    enum class Form : std::uint8_t { exclusive, inclusive10, inclusive11 };

    void put(std::string_view octets);
    void put(char octet);
    void put_long(std::string_view octets);
    static QName* learn(QName& name, std::string_view prefix, std::string_view local);
    void put_name(std::string_view open, std::string_view prefix, std::string_view local);
    void flush();
    void render(const char* prefix, const char* uri);
    void utilise(const xml::StartTag& tag);
    void inherit(const xml::StartTag& tag);
    void render_listed();
    void put_namespace(const xml::NamespaceEvent& ns);
    void put_attributes(const xml::StartTag& tag, bool apex);
    void put_attribute(const xml::AttributeEvent& attribute);

    const C14nMethod method_;
    const Form form_;
    const Ancestry ancestry_;
    OctetSink& sink_;
    std::vector<xml::NamespaceEvent> rendered_;  // by the open elements, innermost last
    std::vector<xml::NamespaceEvent> declared_;  // likewise; kept only where a PrefixList needs it
    std::vector<Frame> frames_;                  // one for each open element
    std::vector<const xml::AttributeEvent*> sorted_;
    std::size_t used_{0};
    bool complete_{false};
    std::array<QName, 32> names_;
    std::array<char, 4096> buffer_;
};

// Whether Canonical XML 1.1 would have to join xml:base attributes (section 2.4), which the writer does not
// do.
bool needs_base_fixup(const C14nMethod& method, const Ancestry& ancestry, xml::Element apex);

}  // namespace hutong::security
