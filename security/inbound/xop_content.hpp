// What an xop:Include stands for: the content of a MIME part, in base64.
//
// XOP 1.0 sections 2.1 and 4.2; RFC 2392. Each part can be included once, as an honest sender does: so that a
// short Body cannot make us digest a long part over and over. One thread at a time.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "base/xml/push_parser.hpp"
#include "security/inbound/attachments.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

class XopContent {
  public:
    // Errors: invalid, when the element is no proper xop:Include; unavailable.
    Result<void> write(const xml::StartTag& include, const Attachments& attachments,
                       const std::function<void(std::string_view)>& sink);

    const std::set<std::string>& included() const { return included_; }  // so far, by Content-ID

  private:
    std::set<std::string> included_;
};

// What is said of an xop:Include where the root part is no XOP document: we would leave it alone, and others
// put a part there that nobody signed.
inline constexpr const char* include_outside_xop =
    "an xop:Include stands in a message whose root part is not application/xop+xml";

struct Inlined {
    std::string text;
    std::set<std::string> parts;  // that are in it now
};
// The message with its parts in the places of their xop:Includes. Errors: as above; limit, when it becomes
// longer than `limits` allow.
Result<Inlined> with_parts_inline(std::string_view utf8, const Attachments& attachments,
                                  const xml::Limits& limits);

inline bool is_include(const xml::StartTag& tag) {
    return tag.is(names::xop, "Include");
}

}  // namespace hutong::security
