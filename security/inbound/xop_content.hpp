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

  private:
    std::set<std::string> included_;
};

// The message with its parts in the places of their xop:Includes. Errors: as above; limit, when it becomes
// longer than `limits` allow.
Result<std::string> with_parts_inline(std::string_view utf8, const Attachments& attachments,
                                      const xml::Limits& limits);

inline bool is_include(const xml::StartTag& tag) {
    return tag.is(names::xop, "Include");
}

}  // namespace hutong::security
