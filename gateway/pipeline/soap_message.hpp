// A SOAP message with or without attachments: the bytes it came in, where its envelope lies in them, and how
// it is changed on its way.
//
// Nothing is copied: what goes on is ranges of the payload with text put in between, so that a message of any
// size takes the memory of its buffer. Owned by one call; its pieces point into it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/xml/soap.hpp"
#include "gateway/http/mime.hpp"
#include "gateway/http/payload.hpp"

namespace hutong::gateway {

class SoapMessage {
  public:
    http::Payload body;  // as received, or as made by the gateway
    std::string content_type;
    bool in_parts{false};                      // by its content type: multipart/related
    std::optional<http::Multipart> multipart;  // then, once the whole body is there
    soap::Layout layout;                       // of the envelope as it came; its ranges count from there
    bool has_envelope{false};                  // it was found, and `layout` is whole

    // The envelope is UTF-8 text and lies there in `body`.
    void envelope_at(std::uint64_t begin, std::uint64_t end);
    // It came in another encoding; this is it in UTF-8. Not for multipart messages.
    void recode(std::string utf8);

    std::uint64_t envelope_size() const { return end_ - begin_; }
    // Some bytes of the envelope, in memory or by way of `buffer`, as far as it has been received. Error:
    // unavailable.
    Result<std::string_view> envelope(std::uint64_t offset, std::uint64_t length, std::string& buffer) const;
    Result<std::string> text(soap::Range range) const;
    // The Security headers it came with, in full: who said what. The rest is bound by its digest.
    Result<std::string> security_headers() const;

    void edit(soap::Edit edit) { edits_.push_back(std::move(edit)); }
    void cut(soap::Range range) { edit({range, {}}); }
    Result<void> add_header_blocks(std::string_view blocks);
    bool recoded() const { return recoded_.has_value(); }
    bool changed() const { return recoded_ || !edits_.empty() || !blocks_.empty(); }

    // The message as it goes on.
    std::vector<http::Piece> pieces() const;
    std::uint64_t size() const;
    Sha256Digest digest();
    Result<Sha256Digest> envelope_digest() const;  // of the envelope alone, as it goes on

  private:
    const http::Payload& source() const { return recoded_ ? *recoded_ : body; }
    std::vector<soap::Edit> all_edits() const;  // in order
    std::vector<http::Piece> pieces_of(std::uint64_t at,
                                       std::uint64_t end) const;  // the envelope's edits done

    std::optional<http::Payload> recoded_;
    std::uint64_t begin_{0};  // of the envelope in source()
    std::uint64_t end_{0};
    std::vector<soap::Edit> edits_;
    std::string blocks_;      // new header blocks
    std::string header_tag_;  // where it must be opened for them
};

}  // namespace hutong::gateway
