// The MIME parts of a message besides its root, as the readers want them.
//
// RFC 2387, SOAP Messages with Attachments, XOP 1.0. All of them are there before the first byte of the root
// part is read. Implementations may be used by one thread at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hutong::security {

struct AttachmentInfo {
    std::string content_id;    // without the angle brackets
    std::string content_type;  // the header's value; empty: there is none
};

class Attachments {
  public:
    virtual ~Attachments() = default;
    using Sink = std::function<void(std::string_view)>;
    virtual std::vector<AttachmentInfo> parts() const = 0;  // all but the root, in their order
    // Whether the root part is an XOP document, in which an xop:Include stands for a part's content.
    virtual bool xop() const = 0;
    // The content of the part with this Content-ID, in pieces. Errors: not_found; unavailable.
    virtual Result<void> read(std::string_view content_id, const Sink& sink) const = 0;
};

}  // namespace hutong::security
