// multipart/related bodies: where the SOAP root part and the attachments lie.
//
// RFC 2387, RFC 2046 section 5.1, SOAP Messages with Attachments, XOP 1.0 / MTOM. One pass over the bytes as
// they come, with constant memory per part. Refused: no or ambiguous root, a Content-ID used twice, too many
// parts, a root that is base64 or quoted-printable, bytes after a missing close delimiter. One owner, no
// locking.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "gateway/http/message.hpp"

namespace hutong::http {

struct MimePart {
    std::uint64_t begin{0};  // of the content, headers excluded
    std::uint64_t end{0};    // while the part is being read: as far as its content is known
    std::string content_type;
    std::string content_id;         // without <>
    std::string transfer_encoding;  // lower case
};

struct Multipart {
    std::vector<MimePart> parts;
    std::size_t root{0};  // index: start= parameter's Content-ID, else the first part
    bool xop{false};      // the root is application/xop+xml
};

// Fed the body from its first byte to its last.
class MultipartReader {
  public:
    static Result<MultipartReader> make(const MediaType& type, unsigned max_parts);

    // Errors: invalid, limit; nothing may be fed after one.
    Result<void> feed(std::string_view bytes);
    Result<void> finish();  // after the last byte: is it whole?

    const Multipart& found() const { return found_; }
    // The root part, as soon as its headers were read; what lies before its `end` is content.
    const MimePart* root() const { return root_known_ ? &found_.parts[found_.root] : nullptr; }
    bool root_ended() const { return root_known_ && !(in_ == In::content && in_root()); }

  private:
    enum class In { preamble, delimiter, headers, content, epilogue };
    MultipartReader() = default;

    bool in_root() const { return found_.parts.size() == found_.root + 1; }
    // Each takes what it can off the front of `bytes`; false: it needs more of them.
    Result<bool> step(std::string_view& bytes, bool last);
    Result<bool> preamble(std::string_view& bytes);
    Result<bool> delimiter(std::string_view& bytes, bool last);
    Result<bool> headers(std::string_view& bytes);
    Result<bool> content(std::string_view& bytes);
    Result<bool> epilogue(std::string_view& bytes);
    Result<void> begin_content(std::uint64_t begin, std::string_view header_lines);
    Result<void> judge_root(const MimePart& part);
    Result<void> run(std::string_view& bytes, bool last);
    void consume(std::string_view& bytes, std::size_t count);

    std::string line_;   // CRLF -- boundary
    std::string start_;  // the Content-ID of the root, empty: the first part
    std::string said_;   // the root's type by the type= parameter
    unsigned max_parts_{0};

    In in_{In::preamble};
    std::string held_;         // came, but does not yet say enough
    std::uint64_t offset_{0};  // of the first byte that is not consumed
    std::uint64_t epilogue_{0};
    Multipart found_;
    std::set<std::string, std::less<>> ids_;
    bool root_known_{false};
};

// Of a body that is here.
Result<Multipart> parse_multipart(const Payload& payload, const MediaType& type, unsigned max_parts);

}  // namespace hutong::http
