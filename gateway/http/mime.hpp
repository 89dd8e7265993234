// multipart/related bodies: where the SOAP root part and the attachments lie.
//
// RFC 2387, RFC 2046 section 5.1, SOAP Messages with Attachments, XOP 1.0 / MTOM. One pass over the payload
// with constant memory per part. Refused: no or ambiguous root, a Content-ID used twice, too many parts, a
// root that is base64 or quoted-printable, bytes after a missing close delimiter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "gateway/http/message.hpp"

namespace hutong::http {

struct MimePart {
    std::uint64_t begin{0};  // of the content, headers excluded
    std::uint64_t end{0};
    std::string content_type;
    std::string content_id;         // without <>
    std::string transfer_encoding;  // lower case
};

struct Multipart {
    std::vector<MimePart> parts;
    std::size_t root{0};  // index: start= parameter's Content-ID, else the first part
    bool xop{false};      // the root is application/xop+xml
};

Result<Multipart> parse_multipart(const Payload& payload, const MediaType& type, unsigned max_parts);

}  // namespace hutong::http
