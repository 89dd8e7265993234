// SOAP envelopes as bytes: where the parts of a message lie, and faults as text.
//
// SOAP 1.1 (W3C Note 2000-05-08) section 4, SOAP 1.2 part 1 section 5; HTTP binding rules of WS-I Basic
// Profile 1.1. Byte ranges are into the UTF-8 text that was scanned. Pure functions, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/xml/document.hpp"

namespace hutong::soap {

enum class Version { v11, v12 };

inline constexpr std::string_view ns11 = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr std::string_view ns12 = "http://www.w3.org/2003/05/soap-envelope";
inline constexpr std::string_view ns_wsa = "http://www.w3.org/2005/08/addressing";
inline constexpr std::string_view ns_wsse =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
inline constexpr std::string_view ns_wsu =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
inline constexpr std::string_view ns_hutong = "urn:hutong:gateway:1";

std::string_view namespace_of(Version version);
std::string_view content_type_of(Version version);  // text/xml; charset=utf-8 | application/soap+xml; …

struct Range {
    std::size_t begin{0};
    std::size_t end{0};
    bool empty() const { return begin == end; }
};

struct HeaderBlock {
    xml::QName name;
    Range range;       // from '<' to past its '>'
    std::string role;  // SOAP 1.1 actor or 1.2 role, empty when absent
    bool must_understand{false};
    std::string text;  // its text content, at most 4 KiB (wsa:Action, wsa:MessageID …)
};

// Where everything is in one envelope.
struct Layout {
    Version version{Version::v11};
    Range envelope_start_tag;
    std::optional<Range> header;      // the whole Header element
    std::size_t header_insert{0};     // where a new header block goes: just before </Header>, or where a
                                      // Header element must be inserted when there is none or it is <Header/>
    std::vector<HeaderBlock> blocks;  // children of Header in document order
    Range body;                       // the whole Body element
    xml::QName operation;             // first child of Body; local empty when Body is empty
    unsigned body_children{0};
    std::string envelope_prefix;  // the prefix bound to the envelope namespace, empty for default

    const HeaderBlock* block(std::string_view ns, std::string_view local) const;  // nullptr: none
};

// One SAX pass over UTF-8 text. Refuses what is not a SOAP envelope: wrong root or namespace (fault code
// VersionMismatch is the caller's to choose), second Header or Body, Header after Body, elements after Body
// (in 1.1 as in 1.2).
Result<Layout> scan(std::string_view utf8, const xml::Limits& limits);

// A change to a text: the bytes of `range` give way to `text`. An empty range: an insertion.
struct Edit {
    Range range;
    std::string text;
};

// True where the Header is one empty tag, which must be opened before anything can go in.
bool has_empty_header_tag(const Layout& layout);

// Puts `blocks` in as the last header blocks; a Header element is made where there is none. `header`: the
// text of layout.header where has_empty_header_tag(), else not looked at.
Edit add_to_header(const Layout& layout, std::string_view header, std::string_view blocks);

// The text with the edits made, which must not overlap.
std::string edited(std::string_view utf8, std::vector<Edit> edits);

// The text with `block` put in as the last header block (a Header element is made when there is none).
std::string with_header_block(std::string_view utf8, const Layout& layout, std::string_view block);

// The text without the byte ranges, which must not overlap.
std::string without(std::string_view utf8, std::vector<Range> ranges);

struct FaultCode {
    enum class Side { sender, receiver, version_mismatch, must_understand } side{Side::receiver};
    xml::QName detail_code;  // e.g. wsse:FailedCheck; empty local: none. In 1.1 it is the faultcode itself,
                             // in 1.2 the Subcode
};

struct Fault {
    FaultCode code;
    std::string reason;    // one sentence for people
    std::string incident;  // finds the journal entry
    std::string detail{};  // an element of the service's own contract, as text
};

std::string fault_envelope(Version version, const Fault& fault);  // whole document, UTF-8
int http_status(Version version, const Fault& fault);             // 1.1: 500; 1.2: 400 for Sender, else 500

}  // namespace hutong::soap
